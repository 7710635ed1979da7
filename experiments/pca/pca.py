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


def errors(rebuilt: torch.Tensor, test: torch.Tensor) -> dict[str, float]:
    """Squared error per image, of the numbers as they are and clipped to gray values."""
    squared = lambda x: (x - test).square().flatten(1).sum(1).mean().item()
    return {"squared_error": squared(rebuilt), "clipped_error": squared(rebuilt.clamp(0, 1))}


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components as the code has numbers, of test images."""
    train, test = (images(config, split).flatten(1) for split in ("train", "test"))
    found = PCA(config.model.latent_dim, random_state=seed).fit(train.numpy())
    return errors(torch.from_numpy(found.inverse_transform(found.transform(test.numpy()))), test)


def of_run(run) -> dict[str, float]:
    """Test images through a trained autoencoder."""
    model, test = restore(run), images(compose.load(run.config), "test")
    with model.evaluating(0), torch.no_grad():
        parts = [model.decoder(model.encoder(2 * x - 1)) for x in test.split(500)]
    return errors((torch.cat(parts) + 1) / 2, test)


def squared_error(run) -> float:
    return of_run(run)["squared_error"]


def clipped_error(run) -> float:
    return of_run(run)["clipped_error"]
