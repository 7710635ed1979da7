"""Anomaly scores that no network learns: what a model has to beat. Each is fitted to normal images, (N, C, R, R)."""

import torch
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from torch import Tensor

from genarium.uses.anomaly import Score


def pca_error(normal: Tensor, components: int, seed: int) -> Score:
    """Squared error of the projection on so many principal components of normal images."""
    fitted = PCA(components, random_state=seed).fit(normal.flatten(1).numpy())

    def error(x: Tensor) -> Tensor:
        flat = x.flatten(1).numpy()
        return torch.from_numpy(((fitted.inverse_transform(fitted.transform(flat)) - flat) ** 2).sum(1))

    return error


def ink(x: Tensor) -> Tensor:
    """Brightness alone: the sum of all pixels, each from 0 to 1."""
    return x.add(1).div(2).flatten(1).sum(1)


def isolation_forest(normal: Tensor, seed: int) -> Score:
    """Isolation forest on pixels: the fewer random cuts separate an image from normal ones, the higher (Liu, Ting &
    Zhou, ICDM 2008, eq. 2)."""
    fitted = IsolationForest(random_state=seed).fit(normal.flatten(1).numpy())
    return lambda x: torch.from_numpy(-fitted.score_samples(x.flatten(1).numpy()))
