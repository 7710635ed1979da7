"""Which images train and which are held out, where a set has no official lists: by the name alone."""

import copy
import hashlib
import unicodedata

import numpy as np

from genarium.data.source import SPLITS, Files
from genarium.errors import UserError

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7)  # that are proposed


def check_fractions(val_fraction: float, test_fraction: float) -> None:
    """UserError unless both shares lie in [0, 1) and leave something to train on."""
    if val_fraction < 0 or test_fraction < 0 or val_fraction + test_fraction >= 1:
        raise UserError(
            f"val_fraction={val_fraction:g} and test_fraction={test_fraction:g} leave nothing to train on or are"
            " negative; choose two fractions from 0 up whose sum is below 1"
        )


def place(name: str) -> float:
    """A number in [0, 1) that depends on `name` alone: SHA-256, the same on every machine."""
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def split_at(places: np.ndarray | float, val_fraction: float, test_fraction: float) -> np.ndarray:
    """Index into SPLITS for numbers in [0, 1): the lowest are the test set, the next validate. (N,) -> (N,) int64."""
    places = np.asarray(places)
    return np.where(places < test_fraction, 2, np.where(places < test_fraction + val_fraction, 1, 0)).astype(np.int64)


def split_of(name: str, val_fraction: float, test_fraction: float) -> str:
    """Split of the image called `name`, independent of the rest of the set."""
    return SPLITS[int(split_at(place(name), val_fraction, test_fraction))]


def larger_fraction(source: object, split: str) -> str:
    """Remedy for an empty split of `source`: the smallest usual fraction that gives it some images."""
    key, other = f"{split}_fraction", {"val": "test_fraction", "test": "val_fraction"}.get(split, "")
    for share in SHARES if hasattr(source, key) else ():
        tried = copy.copy(source)
        setattr(tried, key, share)
        enough = share > getattr(source, key) and share + getattr(source, other) < 1
        if enough and (not isinstance(tried, Files) or any(item.split == split for item in tried.items())):
            return f"set data.{key}={share:g}"
    return "add images to it"
