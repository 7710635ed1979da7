"""Pairings: which images of a set are sources, and what is made of them."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from torch import Tensor

from genarium.data.packing.packed import Packed
from genarium.data.source import Files, KnowsPairs, RenderedSource
from genarium.errors import UserError, nearest

Rows = tuple[np.ndarray, np.ndarray]
"""Rows of sources (n,) and of targets (m,); where pairs are known, n = m and they stand in the same order."""


class Pairing(Protocol):
    """Two domains of a set."""

    targets_are_stored: bool
    """Whether targets are images of the set itself, not something made of them."""

    def rows(self, packed: Packed, source: Files | RenderedSource, rows: np.ndarray) -> Rows:
        """Sources and targets among `rows`."""
        ...

    def knows_pairs(self, source: Files | RenderedSource) -> bool:
        """Whether each source's true counterpart is known."""
        ...

    def settings(self) -> dict[str, object]:
        """What targets depend on beside stored images: plain values, and functions."""
        ...

    def target(self, x: Tensor) -> Tensor:
        """The image of the second domain, of what is stored at a target's row. (B, C, R, R) -> (B, C, R, R)"""
        ...


class OfFunction:
    """An image and a function of it, whose value is the counterpart: (x, f(x))."""

    targets_are_stored = False

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        self.function = function

    def rows(self, packed: Packed, source: Files | RenderedSource, rows: np.ndarray) -> Rows:
        return rows, rows

    def knows_pairs(self, source: Files | RenderedSource) -> bool:
        return True

    def settings(self) -> dict[str, object]:
        return {"target": self.function}

    def target(self, x: Tensor) -> Tensor:
        return self.function(x)


class OfClasses:
    """Images of one class, and of another; in pairs where the set knows them (`KnowsPairs`)."""

    targets_are_stored = True

    def __init__(self, source_class: int | str, target_class: int | str) -> None:
        """Each by its number or its name."""
        self.classes = (source_class, target_class)

    def rows(self, packed: Packed, source: Files | RenderedSource, rows: np.ndarray) -> Rows:
        numbers = [number_of(one, key, packed) for one, key in zip(self.classes, KEYS, strict=True)]
        if numbers[0] == numbers[1]:
            raise UserError(f"data.source_class and data.target_class are both {self.classes[0]}: choose two classes")
        sources, targets = (rows[packed.labels[rows] == number] for number in numbers)
        if isinstance(source, KnowsPairs):
            keys = source.pairs(packed.names, len(packed))
            _, first, second = np.intersect1d(keys[sources], keys[targets], return_indices=True)
            order = np.argsort(sources[first], kind="stable")
            return sources[first][order], targets[second][order]
        return sources, targets

    def knows_pairs(self, source: Files | RenderedSource) -> bool:
        return isinstance(source, KnowsPairs)

    def settings(self) -> dict[str, object]:
        return {}

    def target(self, x: Tensor) -> Tensor:
        return x


KEYS = ("source_class", "target_class")


def number_of(given: int | str, key: str, packed: Packed) -> int:
    """Label of a class given by its number or its name; UserError where the set has no such class."""
    names = packed.classes
    if isinstance(given, str) and given in names:
        return names.index(given)
    if isinstance(given, int) and 0 <= given < len(names):
        return given
    if not names:
        raise UserError(f"{packed.name} has no classes to take two domains from: choose data/domains=negative")
    near = nearest(str(given), names) if isinstance(given, str) else f"; choose 0 to {len(names) - 1}"
    raise UserError(f"data.{key}={given}: {packed.name} has no such class{near}")
