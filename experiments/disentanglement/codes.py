"""An unsupervised score of codes."""

import torch

from genarium.config import compose
from genarium.losses.moments import covariance
from genarium.losses.moments import gaussian_total_correlation as of_covariance
from genarium.training.build import built
from genarium.training.checkpoint import restore


def gaussian_total_correlation(run) -> float:
    """Total correlation of a Gaussian fitted to the posterior means of the validation images, in nats, as Locatello et
    al. have it."""
    data = built(compose.load(run.config).data.module, "data.module")
    data.setup()
    images, model = data.pictures(data.split_indices("val")).images, restore(run)
    with model.evaluating(0), torch.no_grad():
        codes = torch.cat([model.encode(part) for part in images.split(500)])
    return of_covariance(covariance(codes.double())).item()
