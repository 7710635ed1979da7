"""Features of image sets: generated ones once, real ones once ever."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation import cache
from genarium.evaluation.extractors import Extractor
from genarium.metrics.images import range_warnings, reach, to_uint8

MEASURING = "measuring the same images"


class Set(NamedTuple):
    """An image set as its extractor sees it."""

    features: Tensor  # (N, F) float32
    logits: Tensor | None  # (N, K)
    labels: Tensor | None  # (N,) int64
    warnings: tuple[str, ...]


def of_generated(chunks: Iterable[Tensor], extractor: Extractor, tick=lambda count: None) -> Set:
    """One pass over generated images in [-1, 1]; `tick` is told how many were done."""
    features, logits, counts, reaches = [], [], [], []
    for images in chunks:
        found = extractor(to_uint8(images))
        features.append(found.features)
        logits.append(found.logits)
        counts.append(len(images))
        reaches.append(reach(images))
        tick(len(images))
    outside, lowest = (np.array(values) for values in zip(*reaches, strict=True))
    warnings = range_warnings(float(np.average(outside, weights=counts)), float(lowest.min()))
    return Set(torch.cat(features), joined(logits), None, warnings)


def joined(logits: list[Tensor | None]) -> Tensor | None:
    return None if logits[0] is None else torch.cat(logits)


def of_real(data, rows: np.ndarray, extractor: Extractor, tick=lambda count: None, chunk: int = 100) -> Set:
    """Features of rows of a packed set, unaugmented, from the cache where they are."""
    path = cache.place(data, "features", rows, extractor.settings())
    labels = torch.from_numpy(np.asarray(data.packed.labels)[rows].astype(np.int64))
    whole = lambda held: all(held[name].shape[0] == len(rows) and held[name].ndim == 2 for name in ("features", *held))
    parts = []

    def make() -> dict[str, Tensor]:
        for start in range(0, len(rows), chunk):
            some = rows[start : start + chunk]
            parts.append(extractor(to_uint8(data.pictures(some).images)))
            tick(len(some))
        logits = joined([part.logits for part in parts])
        found = {"features": torch.cat([part.features for part in parts])}
        return found if logits is None else found | {"logits": logits}

    held = {name: torch.from_numpy(value) for name, value in cache.kept(path, whole, make, MEASURING).items()}
    if not parts:
        tick(len(rows))
    return Set(held["features"], held.get("logits"), labels, ())
