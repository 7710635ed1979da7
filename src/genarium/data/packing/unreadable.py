"""Reports of files that are left out of a set, with remedies."""

from collections import Counter
from collections.abc import Mapping

from rich.console import Console

from genarium.data.sources.formats import counted, remedy
from genarium.data.sources.listing import printable
from genarium.errors import UserError

SHOWN = 5  # names of skipped files in a message
FEW = 20  # files of a set that may be unusable without a word from the user, or one in a thousand


class Unreadable(Exception):
    """The reason, in a few words; details in brackets at the end."""


REMEDIES = {
    "16 bits a channel": "say which value is white in them by data.white=65535 (4095 where 12 bits are used, …)",
    "16 bits a channel in a form that Pillow cuts to 8": "convert those to 8 bits",
    "32 bits a channel": "say which value is white in them by data.white=1.0 (255, 65535, …)",
    "animated": "save a frame of those as PNG to use them",
    "cannot be read": "mend links and permissions",
}


def remedies(found: dict[str, int]) -> str:
    """Remedies for the reasons in `found`, as parts of a sentence; '' where only mending helps."""
    return "; ".join(text for reason, text in REMEDIES.items() if reason in found)


def reasons(skipped: dict[str, str]) -> dict[str, int]:
    """Reason, without its details in brackets -> number of files, most frequent first."""
    return dict(Counter(reason.split(" (")[0] for reason in skipped.values()).most_common())


def check_unreadable(name: str, skipped: dict[str, str], total: int, allowed: int | None) -> None:
    """UserError if more files are unusable than `allowed`, or all of them."""
    allowed = max(FEW, total // 1000) if allowed is None else allowed
    if not skipped or (len(skipped) <= allowed and len(skipped) < total):
        return
    to_do = remedies(reasons(skipped)) or "mend or remove them"
    raising = f", or set data.max_unreadable={len(skipped)}" if len(skipped) < total else ""
    limit = f" (at most {allowed} may be)" if len(skipped) < total else ""
    raise UserError(
        f"{len(skipped)} of {total} images of {name} cannot be used{limit}, {listed(skipped)}: {to_do}{raising}"
    )


def report_skipped(name: str, skipped: dict[str, str]) -> None:
    """Print, once, which images cannot be used."""
    if skipped:
        say(f"{name}: {left_out(skipped)}; record.json of the packed set lists all")


def report_other_files(name: str, left_out: Mapping[str, int]) -> None:
    """Print, once, how many files are no images, by their endings."""
    if left_out:
        say(f"{name}: {counted(left_out)} left out{remedy(left_out)}")


def say(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)  # names of files stay whole


def left_out(skipped: dict[str, str]) -> str:
    """'2 images left out, 1 truncated, 1 LAB — a.jpg (truncated), b.jpg (LAB)'."""
    return f"{len(skipped)} image{'s' * (len(skipped) != 1)} left out, {listed(skipped)}"


def listed(skipped: dict[str, str]) -> str:
    """'2 truncated, 1 LAB — a.jpg (truncated), b.jpg (LAB), …'."""
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons(skipped).items())
    some = [f"{printable(file)} ({reason})" for file, reason in list(skipped.items())[:SHOWN]]
    return f"{counts} — {', '.join(some + ['…'] * (len(skipped) > SHOWN))}"
