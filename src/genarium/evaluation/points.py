"""Numbers of points: the modes of a mixture of Gaussians in the plane, counted exactly."""

import hashlib
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation.protocol import Book, of_generation, of_model, short
from genarium.evaluation.samplers import FITTED, Sampler
from genarium.metrics.modes import WITHIN, mixture_modes
from genarium.protocols import Batch


@runtime_checkable
class Points(Protocol):
    """Data that draws points, each `sd` around one of `centres`, (M, 2)."""

    centres: np.ndarray
    sd: float

    def examples(self, count: int, split: str) -> Batch: ...


def count_modes(
    model, data: Points, sampler: Sampler, count: int, seed: int, book: Book, tick: Callable[[int], None]
) -> None:
    """Enter how many of the modes `count` samples cover, and the share of samples in one (`mixture_modes`)."""
    sampler.fit(model, [data.examples(FITTED, "train").images.to(next(model.parameters()).device)])
    made: list[Tensor] = []
    for part in sampler.chunks(model, count, torch.Generator().manual_seed(seed)):
        made.append(part.flatten(1).cpu())
        tick(len(part))
    found = mixture_modes(generated=torch.cat(made), centres=torch.from_numpy(data.centres).float(), sd=data.sd)
    terms = {
        "data": f"equal mixture of {len(data.centres)} Gaussians",
        "content": hashlib.sha256(np.ascontiguousarray(data.centres, dtype="<f8").tobytes()).hexdigest(),
        "sd": data.sd,
        "within": f"{WITHIN:g} sd",
    }
    generated = of_generation(count, sampler.told) | {"rounding": "none"}
    book.enter(found, f"{{}}/{short(count)}{sampler.suffix}", terms | of_model(model, seed) | generated)
