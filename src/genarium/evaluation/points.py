"""Numbers of points: the modes of a mixture of Gaussians in the plane, counted exactly."""

import hashlib

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation.contracts import PointData, Progress
from genarium.evaluation.number_book import Measure, NumberBook
from genarium.evaluation.protocol import Subject, of_generation, short
from genarium.evaluation.samplers import FITTED, Sampler
from genarium.metrics.mode_coverage import WITHIN, mixture_modes


def count_modes(subject: Subject, sampler: Sampler, count: int, book: NumberBook, progress: Progress) -> None:
    """Enter how many of the modes `count` samples cover, and the share of samples in one (`mixture_modes`)."""
    data = subject.data
    assert isinstance(data, PointData)
    sampler.fit(subject.model, [data.examples(FITTED, "train").images.to(subject.device)], "train")
    made: list[Tensor] = []
    for part in sampler.chunks(subject.model, count, torch.Generator().manual_seed(subject.seed)):
        made.append(part.flatten(1).cpu())
        progress(len(part))
    centers = torch.from_numpy(data.centers).float()
    find = lambda: mixture_modes(generated=torch.cat(made), centers=centers, sd=data.sd)
    terms = {
        "data": f"equal mixture of {len(data.centers)} Gaussians",
        "content": hashlib.sha256(np.ascontiguousarray(data.centers, dtype="<f8").tobytes()).hexdigest(),
        "sd": data.sd,
        "within": f"{WITHIN:g} sd",
    }
    generated = of_generation(count, sampler.description) | {"rounding": "none"}
    gives = ("high_quality_fraction", "modes_covered", "mode_coverage", "modes_kl")
    book.measure(Measure(gives, find), f"{{}}/{short(count)}{sampler.suffix}", terms | subject.of_model() | generated)
