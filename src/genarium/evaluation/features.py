"""Features of image sets: generated ones once, real ones once ever."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation import cache
from genarium.evaluation.contracts import ImageData, Progress
from genarium.evaluation.extractors import Extractor
from genarium.evaluation.image_bytes import pixel_range, range_warnings, to_uint8

MEASURING = "measuring the same images"


class FeatureSet(NamedTuple):
    """An image set as its extractor sees it."""

    features: Tensor  # (N, F) float32
    logits: Tensor | None  # (N, K)
    labels: Tensor | None  # (N,) int64
    warnings: tuple[str, ...]

    def beside(self, other: "FeatureSet") -> "FeatureSet":
        """This feature set on the device of another: cached ones come from the disk, fresh ones from a GPU."""
        device = other.features.device
        logits = None if self.logits is None else self.logits.to(device)
        return self._replace(features=self.features.to(device), logits=logits)


Known = tuple[np.ndarray, FeatureSet] | tuple[()]
"""Rows whose features are at hand, and these."""
CHUNK = 100


def of_generated(chunks: Iterable[Tensor], extractor: Extractor, progress: Progress = lambda count: None) -> FeatureSet:
    """Features of generated images in [-1, 1], in one pass; `progress` receives the number of images done."""
    features, logits, counts, ranges = [], [], [], []
    for images in chunks:
        found = extractor(to_uint8(images))
        features.append(found.features)
        logits.append(found.logits)
        counts.append(len(images))
        ranges.append(pixel_range(images))
        progress(len(images))
    outside, lowest = (np.array(values) for values in zip(*ranges, strict=True))
    warnings = range_warnings(float(np.average(outside, weights=counts)), float(lowest.min()))
    return FeatureSet(torch.cat(features), None if logits[0] is None else torch.cat(logits), None, warnings)


def of_controls(images: Tensor, data: ImageData, extractor: Extractor) -> FeatureSet:
    """Features of images in [-1, 1] that are the same beside every model, such as targets: from the cache where images
    of these pixels were seen."""
    path = cache.place_of_pixels(data, "features", to_uint8(images).cpu().numpy(), extractor.settings())

    def make() -> dict[str, Tensor]:
        found = of_generated(images.split(CHUNK), extractor)
        return {"features": found.features} | ({} if found.logits is None else {"logits": found.logits})

    kept = cache.kept(path, lambda held: is_whole(held, len(images)), make, MEASURING)
    held = {name: torch.from_numpy(value) for name, value in kept.items()}
    return FeatureSet(held["features"], held.get("logits"), None, range_warnings(*map(float, pixel_range(images))))


def joined(parts: list[Tensor | None]) -> Tensor | None:
    there = [part.cpu() for part in parts if part is not None]  # all parts, or none
    return torch.cat(there) if there else None


def of_real(
    data: ImageData, rows: np.ndarray, extractor: Extractor, progress: Progress = lambda count: None, known: Known = ()
) -> FeatureSet:
    """Features of rows of a packed set, unaugmented, from the cache where they are; `known` ones are not made again."""
    path = cache.place(data, "features", rows, extractor.settings())
    labels = torch.from_numpy(np.asarray(data.packed.labels)[rows].astype(np.int64))
    whole = lambda held: is_whole(held, len(rows))
    done = []
    count = lambda images: (done.append(images), progress(images))
    make = lambda: made(data, rows, extractor, count, known)
    held = {name: torch.from_numpy(value) for name, value in cache.kept(path, whole, make, MEASURING).items()}
    progress(len(rows) - sum(done))
    return FeatureSet(held["features"], held.get("logits"), labels, ())


def is_whole(held: Mapping[str, np.ndarray], count: int) -> bool:
    """Whether these are features of `count` images, and logits where there are some: (N, F) floats each."""
    parts = [held["features"], *held.values()]
    return all(part.dtype == np.float32 and part.ndim == 2 and len(part) == count for part in parts)


def made(
    data: ImageData, rows: np.ndarray, extractor: Extractor, progress: Progress, known: Known
) -> dict[str, Tensor]:
    """`features`, and `logits` where the network classifies."""
    has = np.isin(rows, known[0]) if known else np.zeros(len(rows), dtype=bool)
    new, parts = rows[~has], []
    for start in range(0, len(new), CHUNK):
        parts.append(extractor(to_uint8(data.pictures(new[start : start + CHUNK]).images)))
        progress(len(parts[-1].features))
    found = {"features": [part.features.cpu() for part in parts], "logits": [part.logits for part in parts]}
    if known:
        place = {row: number for number, row in enumerate(known[0].tolist())}
        at = torch.tensor([place[row] for row in rows[has].tolist()], dtype=torch.long)
        found["features"].append(known[1].features.cpu()[at])
        found["logits"].append(None if known[1].logits is None else known[1].logits.cpu()[at])
    order = torch.from_numpy(np.argsort(np.concatenate([np.flatnonzero(~has), np.flatnonzero(has)]), kind="stable"))
    whole = {name: joined(values) for name, values in found.items()}
    return {name: values[order] for name, values in whole.items() if values is not None}
