"""PCA of a data set, and errors of autoencoders as it counts them."""

import torch
from sklearn.decomposition import PCA

from genarium.config import compose
from genarium.training.build import built
from genarium.training.checkpoint import restore


def images(config, split: str) -> torch.Tensor:
    """Gray values in [0, 1], (N, C, R, R)."""
    data = built(config.data.module, "data.module")
    data.setup()
    return (data.pictures(data.split_indices(split)).images + 1) / 2


def pca(config, seed: int) -> dict[str, float]:
    """Squared error per test image of as many principal components as the code has numbers."""
    train, test = (images(config, split).flatten(1).numpy() for split in ("train", "test"))
    found = PCA(config.model.latent_dim, random_state=seed).fit(train)
    rebuilt = found.inverse_transform(found.transform(test))
    return {"squared_error": float(((rebuilt - test) ** 2).sum(1).mean())}


def of_run(run) -> float:
    """Squared error per test image of a trained autoencoder."""
    model, test = restore(run), images(compose.load(run.config), "test")
    with model.evaluating(0), torch.no_grad():
        parts = [((model.reconstruct(2 * x - 1) + 1) / 2 - x).square().flatten(1).sum(1) for x in test.split(500)]
    return torch.cat(parts).mean().item()
