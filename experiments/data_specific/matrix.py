"""Errors of every model on the test images of every set."""

import math
import sys
from collections.abc import Sequence

import torch
from sklearn.decomposition import PCA

from genarium.config import compose
from genarium.errors import UserError
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.training.build import built
from genarium.training.checkpoint import restore

SETS, COUNT = ("mnist", "garden", "flowers"), 1_000


def images(config, split: str, count: int | None = None) -> torch.Tensor:
    """At most `count` images of a split in [-1, 1], (N, C, R, R)."""
    data = built(config.data.module, "data.module")
    data.setup()
    rows = data.split_indices(split)
    return data.pictures(rows if count is None else evenly_spaced(rows, count)).images


def test_images(name: str, like) -> torch.Tensor:
    """Those of the set `name`, in the size that the configuration `like` has."""
    words = (f"data={name}", f"data.resolution={like.data.resolution}", f"data.channels={like.data.channels}")
    return images(compose.composed([*words, "seed=0", "name=x"]), "test", COUNT)


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components of the training images as the code has numbers. Sets without files are left out."""
    found = PCA(config.model.latent_dim, random_state=seed).fit(images(config, "train").flatten(1).numpy())
    errors = {}
    for name in SETS:
        try:
            x = test_images(name, config).flatten(1).numpy()
        except UserError as error:
            print(f"mse_{name} is left out: {error}", file=sys.stderr)
            continue
        errors[f"mse_{name}"] = float(((found.inverse_transform(found.transform(x)) - x) ** 2).mean())
    return errors


def mse(run, name: str) -> float:
    """Mean squared error of a trained autoencoder's reconstructions."""
    model, x = restore(run), test_images(name, compose.load(run.config))
    with model.evaluating(0), torch.no_grad():
        return torch.cat([(model.reconstruct(part) - part).square() for part in x.split(500)]).mean().item()


def mse_mnist(run) -> float:
    return mse(run, "mnist")


def mse_garden(run) -> float:
    return mse(run, "garden")


def mse_flowers(run) -> float:
    return mse(run, "flowers")


def foreign_error(rows: Sequence, family: str) -> float:
    """Geometric mean over pairs of sets (a, b) of the error on b of the model of a, over that of the model of b. NaN
    where one of them is missing."""
    error = {
        (a, b): [row.values[f"mse_{b}"] for row in rows if row.arm == f"{family}_{a}" and f"mse_{b}" in row.values]
        for a in SETS
        for b in SETS
    }
    if not all(error.values()):
        return math.nan
    mean = {pair: sum(found) / len(found) for pair, found in error.items()}
    logs = [math.log(mean[a, b] / mean[b, b]) for a in SETS for b in SETS if a != b]
    return math.exp(sum(logs) / len(logs))


def ae_foreign_error(rows: Sequence) -> float:
    return foreign_error(rows, "ae")


def pca_foreign_error(rows: Sequence) -> float:
    return foreign_error(rows, "pca")
