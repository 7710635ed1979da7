"""Features of image sets: generated ones once, real ones once ever."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.extractors import Extractor
from genarium.metrics.images import range_warnings, to_uint8


class Set(NamedTuple):
    """An image set as its extractor sees it."""

    features: Tensor  # (N, F) float32
    logits: Tensor | None  # (N, K)
    labels: Tensor | None  # (N,) int64
    warnings: tuple[str, ...]


def of_generated(chunks: Iterable[Tensor], extractor: Extractor, tick=lambda count: None) -> Set:
    """One pass over generated images in [-1, 1]; `tick` is told how many were done."""
    features, logits, warnings = [], [], []
    for images in chunks:
        found = extractor(to_uint8(images))
        features.append(found.features)
        logits.append(found.logits)
        warnings += range_warnings(images)
        tick(len(images))
    clamped = [text for text in dict.fromkeys(warnings) if "clamped" in text]
    everywhere = ["no generated pixel is below 0"] if len(warnings) - len(clamped) >= len(features) else []
    return Set(torch.cat(features), joined(logits), None, tuple([*clamped[:1], *everywhere]))


def joined(logits: list[Tensor | None]) -> Tensor | None:
    return None if logits[0] is None else torch.cat(logits)


def of_real(data, rows: np.ndarray, extractor: Extractor, tick=lambda count: None, chunk: int = 100) -> Set:
    """Features of rows of a packed set, unaugmented, from the cache where they are: its name is the hash of the set's
    content, the rows and everything about the extractor, never a data set's name alone."""
    content = [data.packed.hash, data.binarise, hashlib.sha256(rows.tobytes()).hexdigest()]
    name = hashlib.sha256(json.dumps([*content, extractor.settings()], sort_keys=True).encode()).hexdigest()[:32]
    path = Path(data.cache).expanduser() / "features" / f"{name}.npz"
    labels = torch.from_numpy(np.asarray(data.packed.labels)[rows].astype(np.int64))
    if path.exists():
        tick(len(rows))
        held = np.load(path)
        logits = torch.from_numpy(held["logits"]) if "logits" in held else None
        return Set(torch.from_numpy(held["features"]), logits, labels, ())
    parts = []
    for start in range(0, len(rows), chunk):
        some = rows[start : start + chunk]
        parts.append(extractor(to_uint8(data.pictures(some).images)))
        tick(len(some))
    features, logits = torch.cat([part.features for part in parts]), joined([part.logits for part in parts])
    keep(path, features, logits)
    return Set(features, logits, labels, ())


def keep(path: Path, features: Tensor, logits: Tensor | None) -> None:
    """Write the cache's file whole or not at all."""
    scratch = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(scratch, features=features.cpu(), **({} if logits is None else {"logits": logits.cpu()}))
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise UserError(f"cannot keep features in {path.parent}: {error.strerror}; set data.cache elsewhere") from None
