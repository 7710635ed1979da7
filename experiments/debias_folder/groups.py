"""The rare class of an unbalanced set, on test images, of which every class has as many as before."""

import functools

from torch import Tensor

from genarium.commands.run_images import data_of, of_split
from genarium.metrics.detection import separation
from genarium.training.checkpoint import restore
from genarium.uses.anomaly import offered, scored
from genarium.uses.bias import codes_of, log_density

RARE = 2
"""The label of which few images train."""


@functools.cache
def errors(run) -> tuple[Tensor, Tensor]:
    """Squared error of each test image of (the rare class, the others)."""
    model, images = restore(run), of_split(data_of(run), "test")
    with model.evaluating(seed=0):
        error = scored(offered(model, lambda x: x)["error"], images.images)
    rare = images.labels == RARE
    return error[rare], error[~rare]


def rare_error(run) -> float:
    return errors(run)[0].mean().item()


def common_error(run) -> float:
    return errors(run)[1].mean().item()


def gap(run) -> float:
    """Of the rare class's error above that of the others, as a share of it."""
    return rare_error(run) / common_error(run) - 1


def revealed(run) -> float:
    """Probability that a rare class's test image has a rarer code than one of the others, by training codes."""
    model, data = restore(run), data_of(run)
    train, test = of_split(data, "train"), of_split(data, "test")
    with model.evaluating(seed=0):
        density = log_density(codes_of(model, test.images), reference=codes_of(model, train.images))
    rare = test.labels == RARE
    return separation(normal=-density[~rare], anomalous=-density[rare])["auroc"]
