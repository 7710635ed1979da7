"""What evaluation reads from data, packed images or points, and from a model; its capabilities are in protocols.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from genarium.protocols import Batch, HasDomains

Progress = Callable[[int], object]
"""Given the number of images that were done."""


class PackedImages(Protocol):
    """N images packed on disk, and what is known about each: `images` (N, C, R, R) uint8, `labels` (N,) int64,
    `factors` by name, (N,) each, and `classes`, the name of each label; the last two empty where nothing is known.
    `hash` is of every file's bytes, labels, splits, settings, resolution."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def images(self) -> np.ndarray: ...
    @property
    def labels(self) -> np.ndarray: ...
    @property
    def factors(self) -> Mapping[str, np.ndarray]: ...
    @property
    def classes(self) -> Sequence[str]: ...
    def indices(self, split: str) -> np.ndarray:
        """(n,) rows of a split; UserError where it has none."""
        ...

    def count(self, split: str) -> int:
        """How many rows a split has."""
        ...


@runtime_checkable
class ImageData(Protocol):
    """Packed images as evaluation reads them."""

    binarize: bool

    @property
    def cache(self) -> str | Path: ...
    @property
    def packed(self) -> PackedImages: ...
    @property
    def modes(self) -> tuple[int, ...]:
        """The shape of labels that are known, equally frequent modes; () where there are none."""
        ...

    def split_indices(self, split: str) -> np.ndarray: ...

    def pictures(self, rows: np.ndarray, device: torch.device | None = None) -> Batch:
        """`rows` of the packed set, unaugmented, the same every time."""
        ...


@runtime_checkable
class OneClassData(ImageData, Protocol):
    """Packed images of which those of some labels alone, `only`, train and validate; () where all do."""

    only: tuple[int, ...]


@runtime_checkable
class SignalData(Protocol):
    """Packed signals, images of one row, standardized."""

    def in_units(self, x: Tensor) -> Tensor:
        """Standardized signals in the units of the recording, (B, C, 1, L) -> (B, C, 1, L)."""
        ...


@runtime_checkable
class PointData(Protocol):
    """Points, each drawn around one of `centers`, (M, D), with standard deviation `sd`."""

    centers: np.ndarray
    sd: float

    def examples(self, count: int, split: str) -> Batch: ...


@runtime_checkable
class DomainData(HasDomains, Protocol):
    """Packed images of two domains: sources and targets."""

    @property
    def targets_are_stored(self) -> bool:
        """Whether targets are packed images themselves, not something made of them."""
        ...

    def settings(self) -> dict[str, object]:
        """What targets depend on beside stored images: plain values, and functions."""
        ...

    def domain_rows(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the sources and of the targets of a split; in the same order where pairs are known."""
        ...

    def stored(self, rows: np.ndarray) -> Tensor:
        """Images at rows as they are stored, sources among them, (n, C, R, R) in [-1, 1]."""
        ...


class EvaluableModel(Protocol):
    """A model as evaluation runs it, with an EMA in `averages` for each player whose weights are averaged."""

    @property
    def images_seen(self) -> int: ...
    @property
    def averages(self) -> Sized: ...
    def evaluating(self, seed: int) -> AbstractContextManager[None]:
        """Averaged weights, evaluation mode, no gradient, random numbers from `seed`."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]: ...
