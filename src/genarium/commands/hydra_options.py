"""Hydra options of `genarium train`, separated from key=value words."""

from collections.abc import Sequence

from genarium.errors import UserError, nearest

VALUED = ("--cfg", "-c", "--package", "-p")  # whose value is the next word
SHOWS = ("--cfg", "-c", "--info", "-i")  # show a configuration and train nothing
TRAINS = ("--run", "-r")  # the default: train one run
SWEEPS = ("-m", "--multirun")
KNOWN = {*VALUED, *SHOWS, *SWEEPS, *TRAINS, "--resolve", "--hydra-help", "--version", "--shell-completion", "-sc"}


def are_options(args: Sequence[str]) -> list[bool]:
    """Which of `args` belong to options; UserError for one that is not known."""
    found = []
    for before, word in zip(["", *args], args, strict=False):
        of_option = before in VALUED or (before in ("--info", "-i") and "=" not in word and not word.startswith("-"))
        if word.startswith("-") and not of_option:
            refuse_unknown(word)
        found.append(of_option or word.startswith("-"))
    return found


def refuse_unknown(word: str) -> None:
    """W&B's agent and other tools write --key=value."""
    name, equals, value = word.partition("=")
    if name in KNOWN:
        return
    if equals:
        raise UserError(f"{word}: keys have no dashes here, write {name.lstrip('-')}={value}")
    raise UserError(f"there is no option {word}{nearest(word, KNOWN)}; keys are set by key=value")


def is_sweep(args: Sequence[str]) -> bool:
    """By -m, or by hydra.mode=MULTIRUN."""
    modes = [word.partition("=")[2].strip("'\"").upper() for word in args if word.startswith("hydra.mode=")]
    return bool({*SWEEPS} & set(args)) or modes[-1:] == ["MULTIRUN"]
