"""Nearest images of samples: training images, or as many that nobody trained on. Distances are of pixels."""

import torch
from torch import Tensor

from genarium.config import compose
from genarium.evaluation.drawn import drawn
from genarium.metrics.memorization import memorization
from genarium.metrics.neighbors import nearest
from genarium.training.build import built
from genarium.training.checkpoint import restore

SAMPLES = 1_000


def images(config, split: str) -> Tensor:
    """Images in [-1, 1], (N, D)."""
    data = built(config.data.module, "data.module")
    data.setup()
    return data.pictures(data.split_indices(split)).images.flatten(1)


def sides(config) -> tuple[Tensor, Tensor]:
    """All N training images, and N of the validation set, (N, D) each."""
    train = images(config, "train")
    return train, images(config, "val")[: len(train)]


def numbers(samples: Tensor, config) -> dict[str, float]:
    """`nearest_is_training`: share of samples (S, D) whose nearest of 2 N images is one of the N that were trained on:
    1 for copies, 1/2 in the mean for whatever does not depend on which half was trained on, however poor it is."""
    train, heldout = sides(config)
    _, place = nearest(queries=samples, references=torch.cat([train, heldout]))
    share = (place < len(train)).double().mean().item()
    return {"nearest_is_training": share} | memorization(generated=samples, train=train, heldout=heldout).values


def some(pool: Tensor, seed: int) -> Tensor:
    """As many of `pool` as samples are drawn, again and again where it has fewer."""
    return pool[torch.randint(len(pool), (SAMPLES,), generator=torch.Generator().manual_seed(seed))]


def copies(config, seed: int) -> dict[str, float]:
    """Training images."""
    return numbers(some(images(config, "train"), seed), config)


def unseen(config, seed: int) -> dict[str, float]:
    """Images of the test set."""
    return numbers(some(images(config, "test"), seed), config)


def of_run(run) -> dict[str, float]:
    return numbers(drawn(restore(run), SAMPLES, 0).clamp(-1, 1).flatten(1), compose.load(run.config))


def nearest_is_training(run) -> float:
    return of_run(run)["nearest_is_training"]


def ct_probability(run) -> float:
    return of_run(run)["ct_probability"]


def authenticity(run) -> float:
    return of_run(run)["authenticity"]
