"""The rare group of an unbalanced garden, flowers of 8 petals, on fresh flowers of which every group has as many."""

import functools

from omegaconf import OmegaConf
from torch import Tensor

from genarium.commands.run_images import data_of, of_split
from genarium.config import compose
from genarium.metrics.detection import separation
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.anomaly import offered, scored
from genarium.uses.bias import codes_of, log_density

RARE, COUNT, FRESH = 5, 3_000, 1
"""The label that is rare, how many fresh flowers, and the seed of their garden."""


def fresh(run) -> tuple[Tensor, Tensor]:
    """(images (N, C, R, R), which are of the rare group, (N,) bool) of a balanced garden that no run was trained on."""
    own = compose.load(run.config).data.module
    garden = {"count": COUNT, "seed": FRESH, "imbalance": 1.0, "val_fraction": 0.0, "test_fraction": 0.0}
    data = built(OmegaConf.merge(own, {"source": garden}), "data.module")
    batch = data.pictures(data.split_indices("train"))
    return batch.images, batch.labels == RARE


@functools.cache
def errors(run) -> tuple[float, float]:
    """Mean squared error per image of (the rare group, the others)."""
    model, (x, rare) = restore(run), fresh(run)
    with model.evaluating(seed=0):
        error = scored(offered(model, lambda x: x)["error"], x)
    return error[rare].mean().item(), error[~rare].mean().item()


def rare_error(run) -> float:
    return errors(run)[0]


def common_error(run) -> float:
    return errors(run)[1]


def gap(run) -> float:
    """Of the rare group's error above that of the others, as a share of it."""
    rare, common = errors(run)
    return rare / common - 1


def revealed(run) -> float:
    """Probability that a flower of the rare group has a rarer code than one of the others, by the training codes."""
    model, (x, rare) = restore(run), fresh(run)
    with model.evaluating(seed=0):
        reference = codes_of(model, of_split(data_of(run), "train").images)
        density = log_density(codes_of(model, x), reference=reference)
    return separation(normal=-density[~rare], anomalous=-density[rare])["auroc"]
