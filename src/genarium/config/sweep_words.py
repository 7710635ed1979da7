"""Words of a sweep, told from those of its runs."""

import difflib
from collections.abc import Sequence

from genarium.config import conf_groups, roots
from genarium.errors import UserError

SWEEP_KEYS = roots.KNOWN["sweep"] - {"search", "workers", "runs_per_device"}
"""Keys that only a search has."""


def of_sweep(word: str) -> bool:
    """Whether a word is of the sweep, and not of its runs."""
    return key_of(word) in roots.KNOWN["sweep"]


def of_hydra(word: str) -> bool:
    return word.lstrip("+~").startswith(("hydra/", "hydra."))


def asks_for_a_search(words: Sequence[str]) -> bool:
    """By hydra/sweeper=optuna, or by a word that only a search has."""
    return any(
        word == "hydra/sweeper=optuna" or key_of(word) == "search" or key_of(word) in SWEEP_KEYS for word in words
    )


def refuse_misspelled(word: str) -> None:
    """UserError for a key that there is not, where one of a sweep's is near."""
    key = key_of(word)
    if key in roots.KNOWN["train"] or of_sweep(word) or of_hydra(word) or conf_groups.is_choice(word):
        return
    if near := difflib.get_close_matches(key, roots.KNOWN["sweep"], n=1, cutoff=0.75):
        raise UserError(f"there is no key '{key}'; did you mean {near[0]}?")


def key_of(word: str) -> str:
    return word.partition("=")[0].partition(".")[0].lstrip("+~")
