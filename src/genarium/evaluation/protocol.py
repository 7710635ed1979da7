"""Protocol of a number: all that it depends on, as plain values, and their hash."""

import functools
import hashlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

import numpy as np
import torch

from genarium.evaluation.contracts import EvaluableModel, ImageData
from genarium.protocols import DataModule
from genarium.runs import environment

DIGITS = 10  # of a hash
VERSIONS = ("genarium", "torch", "torch-fidelity", "torchmetrics", "numpy", "scikit-learn")


def digest(terms: Mapping[str, object]) -> str:
    """Hash of terms, independent of their order."""
    return hashlib.sha256(json.dumps(terms, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]


def short(count: int) -> str:
    """1000 -> 1k, 2048 -> 2048."""
    return f"{count // 1000}k" if count % 1000 == 0 and count else str(count)


@dataclass(frozen=True)
class Subject:
    """Subject of an evaluation: a model from one of its checkpoints, its data, and the seed of random draws."""

    model: EvaluableModel
    data: DataModule
    seed: int
    checkpoint: str

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def images(self) -> ImageData:
        """The data, as images; for a Subject whose data are not points."""
        assert isinstance(self.data, ImageData)
        return self.data

    def of(self, split: str, rows: np.ndarray) -> dict[str, object]:
        """The part of a protocol that every number of images has; `rows` are the real ones."""
        packed = self.images.packed
        return {
            "data": packed.name,
            "content": packed.hash,
            "resolution": packed.images.shape[-1],
            "binarized": self.images.binarize,
            "split": split,
            **of_rows(rows),
            **self.of_model(),
        }

    def of_model(self) -> dict[str, object]:
        """Protocol terms of the model: its weights and code."""
        return {
            "weights": "averaged" if len(self.model.averages) else "raw",
            "checkpoint": self.checkpoint,
            "images_seen": self.model.images_seen,
            "seed": self.seed,
            "device": torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type,
            "tf32": False,  # `full_float32` holds while anything is measured
            "code": revision(),
            "versions": {name: metadata.version(name) for name in VERSIONS},
        }


def of_rows(rows: np.ndarray) -> dict[str, object]:
    """Protocol terms of rows of a packed set: their number and hash."""
    return {"real": len(rows), "rows": hash_of(rows)}


def described(value: object) -> object:
    """A function by its name and the arguments that it was given ahead; any other value as it is.

    >>> described(functools.partial(max, key=1))
    {'name': 'max', 'key': 1}
    """
    if isinstance(value, functools.partial):
        return {"name": value.func.__name__, **value.keywords}
    return {"name": value.__name__} if inspect.isroutine(value) else value


def of_generation(count: int, sampler: str) -> dict[str, object]:
    """Protocol terms of the generation of images."""
    return {"generated": count, "sampler": sampler, "rounding": "to 8 bits by round and clamp"}


def hash_of(rows: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(rows, dtype="<i8").tobytes()).hexdigest()[:DIGITS]


@functools.cache
def revision() -> str:
    """The commit of the source that runs, with a + where it was changed since; '' where it is installed."""
    git = environment.git()
    return f"{git['commit'][:DIGITS]}{'+' if git['dirty'] else ''}" if git else ""
