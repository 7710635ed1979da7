"""Interfaces of data sources: listed image files, rendered images, or signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Item:
    """One image file of a set, not decoded yet."""

    name: str  # unique and stable: the path below the set's root
    path: Path
    label: int
    split: str  # one of SPLITS
    box: tuple[int, int, int, int] | None = None  # left, top, right, bottom: what to crop to first


@runtime_checkable
class Files(Protocol):
    """A set of image files."""

    name: str
    classes: tuple[str, ...]  # label -> name; empty where the set has no classes
    background: tuple[int, int, int]  # what lies behind transparent pixels

    def items(self) -> list[Item]:
        """Every image of the set, in a fixed order; UserError where the files are missing, naming the remedy."""
        ...

    def settings(self) -> dict[str, object]:
        """Further settings that the pixels depend on (crop to the box, background, …): plain values, part of the
        content hash."""
        ...

    def download(self) -> None:
        """Fetch and check the official files into the set's root; nothing where they are there already."""


class Rendered(NamedTuple):
    """RenderedSource images and what is known about them."""

    images: np.ndarray  # (N, C, R, R) uint8
    labels: np.ndarray  # (N,) int64
    splits: np.ndarray  # (N,) index into SPLITS, int64
    factors: dict[str, np.ndarray]  # factor name -> (N,)


@runtime_checkable
class RenderedSource(Protocol):
    """A set that is drawn by a program from known factors."""

    name: str
    classes: tuple[str, ...]

    def render(self, resolution: int) -> Rendered:
        """The whole set at R = `resolution`, the same for the same settings."""
        ...

    def settings(self) -> dict[str, object]:
        """Everything that the drawing depends on, a version of the renderer included: the content hash."""
        ...

    def download(self) -> None:
        """Fetch what the drawing needs, if anything."""


class Recorded(NamedTuple):
    """Trials of signals and what is known about them; a person's are all in one split."""

    signals: np.ndarray  # (N, C, L) float, in the units of the recording
    labels: np.ndarray  # (N,) int64
    splits: np.ndarray  # (N,) index into SPLITS, int64
    factors: dict[str, np.ndarray]  # factor name -> (N,)


@runtime_checkable
class SignalSource(Protocol):
    """A set of signals, simulated or recorded."""

    name: str

    @property
    def classes(self) -> tuple[str, ...]:
        """Label -> name; empty where the set has no classes."""
        ...

    def record(self, length: int) -> Recorded:
        """The whole set, of `length` samples a trial; UserError where its trials cannot have so many."""
        ...

    def settings(self) -> dict[str, object]:
        """Everything that the signals depend on: the content hash."""
        ...

    def download(self) -> None:
        """Fetch what the set needs, if anything."""


@runtime_checkable
class KnowsModes(Protocol):
    """A set whose modes are known and equally frequent: the values of its labels."""

    modes: tuple[int, ...]
    """How many values each digit of a label has: (10,) for ten classes, (10, 10, 10) for labels from 0 to 999 whose
    digits are shown one by one in equal parts of the channels; () where the modes are not equally frequent."""


@runtime_checkable
class KnowsPairs(Protocol):
    """A set of two classes whose images come in pairs, one of each class."""

    def pairs(self, names: Sequence[str], count: int) -> np.ndarray:
        """(N,) key of each of `count` packed images, called `names` where they are files; equal within a pair."""
        ...


@runtime_checkable
class LeavesOut(Protocol):
    """A set beside whose images other files may lie."""

    left_out: dict[str, int]
    """Ending of those files, or what else they are -> how many."""
