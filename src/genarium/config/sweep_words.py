"""Words of a sweep, told from those of its runs."""

from collections.abc import Sequence

from genarium.config import compose

SWEEP_KEYS = compose.KNOWN["sweep"] - {"search", "workers", "runs_per_device"}
"""Keys that only a search has."""


def of_sweep(word: str) -> bool:
    """Whether a word is of the sweep, and not of its runs."""
    return key_of(word) in compose.KNOWN["sweep"]


def of_hydra(word: str) -> bool:
    return word.lstrip("+~").startswith(("hydra/", "hydra."))


def asks_for_a_search(words: Sequence[str]) -> bool:
    """By hydra/sweeper=optuna, or by a word that only a search has."""
    return any(
        word == "hydra/sweeper=optuna" or key_of(word) == "search" or key_of(word) in SWEEP_KEYS for word in words
    )


def key_of(word: str) -> str:
    return word.partition("=")[0].partition(".")[0].lstrip("+~")
