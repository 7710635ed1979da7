"""Anomaly detection by reconstruction error: a model of one class, judged on all test images."""

from collections.abc import Callable

import torch
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from torch import Tensor

from genarium.config import compose
from genarium.training.build import built
from genarium.training.checkpoint import restore

TOLERATED = 0.05
"""Share of held-out normal images above the threshold."""


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def images(data, split: str) -> tuple[Tensor, Tensor]:
    """(images in [-1, 1], (N, C, R, R); which are of the class that trains, (N,) bool)."""
    batch = data.pictures(data.split_indices(split))
    return batch.images, torch.isin(batch.labels, torch.tensor(data.only))


def scores(error: Callable[[Tensor], Tensor], data) -> dict[str, float]:
    """AUROC of the error (N,) over all test images, and the share of outliers above a threshold that 5 % of held-out
    normal images exceed: not of training images, whose errors are smaller."""
    threshold = error(images(data, "val")[0]).quantile(1 - TOLERATED)
    test, normal = images(data, "test")
    found = error(test)
    return {
        "auroc": float(roc_auc_score(~normal, found)),
        "detected": (found[~normal] > threshold).double().mean().item(),
    }


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components as the code has numbers."""
    data = opened(config)
    fitted = PCA(config.model.latent_dim, random_state=seed).fit(images(data, "train")[0].flatten(1).numpy())

    def error(x: Tensor) -> Tensor:
        flat = x.flatten(1).numpy()
        return torch.from_numpy(((fitted.inverse_transform(fitted.transform(flat)) - flat) ** 2).sum(1))

    return scores(error, data)


def of_run(run) -> dict[str, float]:
    model, data = restore(run), opened(compose.load(run.config))

    def error(x: Tensor) -> Tensor:
        return torch.cat([(model.reconstruct(part) - part).square().flatten(1).sum(1) for part in x.split(500)])

    with model.evaluating(0), torch.no_grad():
        return scores(error, data)


def auroc(run) -> float:
    return of_run(run)["auroc"]


def detected(run) -> float:
    return of_run(run)["detected"]
