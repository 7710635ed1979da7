"""Probabilistic PCA in closed form, and the exact likelihood of a linear VAE."""

import torch
from sklearn.decomposition import PCA
from torch.distributions import LowRankMultivariateNormal

from genarium.config import compose
from genarium.training.build import built
from genarium.training.checkpoint import restore


def images(config, split: str) -> torch.Tensor:
    """Images in [-1, 1], (N, D)."""
    data = built(config.data.module, "data.module")
    data.setup()
    return data.pictures(data.split_indices(split)).images.flatten(1).double()


def ppca(config, seed: int) -> dict[str, float]:
    """Maximum likelihood (Tipping & Bishop, 1999), in nats per image, on the images that it was fitted to."""
    train = images(config, "train").numpy()
    found = PCA(config.model.latent_dim, svd_solver="full").fit(train)
    return {"exact_nll": -found.score(train)}


def of_run(run) -> float:
    """-log N(x; b, W W^T + sigma^2 I) of a VAE whose decoder is x = W z + b."""
    model, config = restore(run), compose.load(run.config)
    train = images(config, "train")
    with model.evaluating(0), torch.no_grad():
        decode = lambda z: model.decoder(z).flatten(1).double()
        bias = decode(torch.zeros(1, config.model.latent_dim))[0]
        weights = (decode(torch.eye(config.model.latent_dim)) - bias).T
        variance = (2 * model.likelihood.log_scale.double()).exp() * torch.ones_like(bias)
    return -LowRankMultivariateNormal(bias, weights, variance).log_prob(train).mean().item()
