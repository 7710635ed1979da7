"""Sorted listing of image files on disk; an entry that cannot be read is an error."""

import errno
import os
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genarium.data.sources.formats import TELLING, ending, is_picture
from genarium.errors import UserError

CLUTTER = ("__MACOSX", "Thumbs.db", "desktop.ini", "$RECYCLE.BIN", "System Volume Information")
ROUNDS = 64  # how often links may lead to one folder


@dataclass(frozen=True)
class Listing:
    """Files below a folder; paths are relative, with '/', and sorted."""

    names: list[str]  # of image files
    folders: list[str]  # all of them, empty ones too
    left_out: dict[str, int]  # ending of the files that are no pictures -> how many


def image_names(folder: Path) -> list[str]:
    """Paths of the image files below `folder`, relative and with '/', sorted; hidden files and folders are left out."""
    return listing(folder).names


def listing(folder: Path) -> Listing:
    """All that lies below `folder`, links followed; UserError where a part of it cannot be read. Empty where there is
    no such folder."""
    names, folders, left_out = [], [], Counter()
    reached: Counter[str] = Counter()
    ways: dict[str, tuple[str, ...]] = {}  # folder -> real paths of it and of those above it
    for here, inner, files in os.walk(folder, followlinks=True, onerror=partial(fail, folder=folder)):
        real, above = os.path.realpath(here), ways.get(os.path.dirname(here), ())  # noqa: PTH120 — as in formats.py
        reached[real] += 1
        below = Path(here).relative_to(folder)
        if real in above:  # a link that leads back up
            folders.remove(below.as_posix())
            inner.clear()
            continue
        if reached[real] > ROUNDS:
            raise UserError(f"links below {printable(folder)} lead to {printable(real)} again and again: remove some")
        ways[here] = (*above, real)
        inner[:] = sorted(name for name in inner if shows(name))
        folders += [(below / name).as_posix() for name in inner]
        for name in filter(shows, files):
            if chosen(os.path.join(here, name), folder):  # noqa: PTH118 — as above
                names.append((below / name).as_posix())
            else:
                left_out[ending(name)] += 1
    return Listing(sorted(names), sorted(folders), dict(left_out.most_common()))


def shows(name: str) -> bool:
    return not name.startswith(".") and name not in CLUTTER


def chosen(path: str, folder: Path) -> bool:
    """Whether a file is a picture; UserError for a broken link without an ending."""
    try:
        return is_picture(path)
    except OSError as error:
        if os.path.islink(path) and ending(path) not in TELLING:  # noqa: PTH114 — as above
            raise unreadable(error, folder) from None
        return False


def fail(error: OSError, folder: Path) -> None:
    """Raise the sentence for a folder that cannot be listed; one that is not there at all is empty."""
    if error.errno != errno.ENOENT or str(error.filename) != str(folder):
        raise unreadable(error, folder)


def unreadable(error: OSError, folder: Path) -> UserError:
    """The sentence for what cannot be read in `folder`, with what to do about it."""
    path, why = str(error.filename), (error.strerror or str(error)).lower()
    if os.path.islink(path) and not os.path.exists(path):  # noqa: PTH110, PTH114 — as above
        remedy = f"it is a link to {printable(os.readlink(path))}, so mend or remove it"  # noqa: PTH115 — as above
    elif error.errno in (errno.EACCES, errno.EPERM):
        remedy = f"run `chmod -R u+rX {printable(shlex.quote(path))}`, or move it out of {printable(folder)}"
    else:
        remedy = f"mend it, or move it out of {printable(folder)}"
    return UserError(f"{printable(path)} cannot be read ({why}): {remedy}")


def printable(name: object) -> str:
    """A name as it can be shown: bytes that are no letters of UTF-8, and line ends, as \\xff and \\n."""
    return "".join(letter if letter.isprintable() else escaped(letter) for letter in str(name))


def escaped(letter: str) -> str:
    byte = ord(letter) - 0xDC00  # how Python holds a byte that is no text
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else letter.encode("unicode_escape").decode()


def missing(what: Path, name: str, folder: str) -> UserError:
    """The error of a set whose files are not there. `folder` is the set's place below data.root."""
    return UserError(
        f"{what} is missing: run `genarium data {name}` to fetch it, or set data.root (or GENARIUM_DATA)"
        f" to the folder that holds {folder}/"
    )


def check_complete(folder: Path, wanted: Sequence[str], present: Sequence[str], name: str) -> None:
    """UserError where files that the official lists name are not below `folder`."""
    lacking = sorted(set(wanted) - set(present))
    if lacking:
        raise UserError(
            f"{folder} lacks {len(lacking):,} of the {len(wanted):,} images of the official lists, {lacking[0]} first:"
            f" move the folder away and run `genarium data {name}` to fetch it again"
        )


def color(value: Sequence[int]) -> tuple[int, int, int]:
    """A background color from the configuration; UserError unless it is three whole numbers of 0 to 255."""
    parts = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    if len(parts) != 3 or not all(type(part) is int and 0 <= part <= 255 for part in parts):
        raise UserError(f"data.background={value} is no color; give red, green and blue as [255,255,255]")
    return parts
