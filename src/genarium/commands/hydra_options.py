"""Hydra options of `genarium train`, separated from key=value words."""

from collections.abc import Sequence

from genarium.config.roots import KNOWN as ROOTS
from genarium.errors import UserError, nearest

VALUED = ("--cfg", "-c", "--package", "-p")  # whose value is the next word
SHOWS = ("--cfg", "-c", "--info", "-i")  # show a configuration and train nothing
TRAINS = ("--run", "-r")  # the default: train one run
SWEEPS = ("-m", "--multirun")
KNOWN = {*VALUED, *SHOWS, *SWEEPS, *TRAINS, "--resolve", "--hydra-help", "--version"}
VALUES = {
    ("--cfg", "-c"): ("job", "hydra", "all"),
    ("--info", "-i"): ("", "all", "config", "defaults", "defaults-tree", "plugins", "searchpath"),
}
"""Option -> the values that it can have."""


def are_options(args: Sequence[str]) -> list[bool]:
    """Which of `args` belong to options; UserError for one that is not known."""
    found = []
    for before, word in zip(["", *args], args, strict=False):
        of_option = before in VALUED or (before in ("--info", "-i") and "=" not in word and not word.startswith("-"))
        if word.startswith("-") and not of_option:
            refuse_unknown(word)
        found.append(of_option or word.startswith("-"))
    refuse_misused(args)
    return found


def refuse_misused(args: Sequence[str]) -> None:
    """UserError for an option of another value than it can have, or without the one that it changes."""
    for (long, short), known in VALUES.items():
        if value_of(args, (long, short)) not in (None, *known):
            raise UserError(f"{long} shows {', '.join(filter(None, known))}: write {long} {next(filter(None, known))}")
    alone = [word for word in args if word.partition("=")[0] in ("--resolve", "--package", "-p")]
    if alone and value_of(args, ("--cfg", "-c")) is None:
        raise UserError(f"{alone[0]} changes what --cfg shows: add --cfg job, or leave it out")


def value_of(args: Sequence[str], names: Sequence[str]) -> str | None:
    """The value of the option that goes by `names`: after =, or the next word; '' where it has none, None where it is
    not among `args`."""
    for word, after in zip(args, [*args[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else "" if after.startswith("-") or "=" in after else after
    return None


def refuse_unknown(word: str) -> None:
    """W&B's agent and other tools write --key=value."""
    name, equals, value = word.partition("=")
    if name in KNOWN:
        return
    if equals:
        raise UserError(f"{word}: keys have no dashes here, write {name.lstrip('-')}={value}")
    if (key := name.lstrip("-")) in ROOTS["train"]:
        raise UserError(f"{word}: keys have no dashes here, write {key}=…")
    raise UserError(f"there is no option {word}{nearest(word, KNOWN) or '; --help shows what there is'}")


def is_sweep(args: Sequence[str]) -> bool:
    """By -m, or by hydra.mode=MULTIRUN."""
    modes = [word.partition("=")[2].strip("'\"").upper() for word in args if word.startswith("hydra.mode=")]
    return bool({*SWEEPS} & set(args)) or modes[-1:] == ["MULTIRUN"]
