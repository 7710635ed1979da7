"""What a number depends on, as plain values, and the hash that stands beside the number."""

import hashlib
import json
from collections.abc import Mapping
from importlib import metadata

import numpy as np

from genarium.metrics.result import Result

DIGITS = 10  # of the hash
VERSIONS = ("genarium", "torch", "torch-fidelity", "torchmetrics", "numpy", "scikit-learn")


def digest(terms: Mapping[str, object]) -> str:
    """The same for the same terms, in any order."""
    return hashlib.sha256(json.dumps(terms, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]


def short(count: int) -> str:
    """1000 -> 1k, 2048 -> 2048."""
    return f"{count // 1000}k" if count % 1000 == 0 and count else str(count)


def shared(model, data, split: str, rows: np.ndarray, seed: int) -> dict[str, object]:
    """The part of a protocol that every number has; `rows` are the real images."""
    packed = data.packed
    return {
        "data": packed.name,
        "content": packed.hash,
        "split": split,
        "real": len(rows),
        "resolution": packed.images.shape[-1],
        "binarised": data.binarise,
    } | of_model(model, seed)


def of_model(model, seed: int) -> dict[str, object]:
    """The part that says which weights were measured, and by what."""
    return {
        "weights": "averaged" if len(model.averages) else "raw",
        "seed": seed,
        "versions": {name: metadata.version(name) for name in VERSIONS},
    }


def of_generation(count: int, sampler: str) -> dict[str, object]:
    """The part that says how images were generated."""
    return {"generated": count, "sampler": sampler, "rounding": "to 8 bits by round and clamp"}


class Book:
    """Numbers, each with the hash of its protocol, as result.json keeps them."""

    def __init__(self, images: int) -> None:
        """`images` seen by the weights that are measured."""
        self.images = images
        self.numbers: dict[str, dict[str, object]] = {}
        self.protocols: dict[str, dict[str, object]] = {}

    def enter(self, result: Result, names: str, terms: Mapping[str, object]) -> None:
        """Every number of `result` under `names` (with {} for its own name) and the protocol `terms`; its parts, named
        `number/part`, beside it."""
        key = digest(terms)
        self.protocols[key] = dict(terms)
        for name, value in result.values.items():
            number, _, part = name.partition("/")
            if part:
                self.numbers[names.format(number)].setdefault("parts", {})[part] = float(value)
                continue
            entry = {"value": float(value), "images": self.images, "protocol": key}
            self.numbers[names.format(name)] = entry | ({"warnings": list(result.warnings)} if result.warnings else {})
