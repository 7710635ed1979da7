"""beta-VAE score: a linear classifier of the factor that pairs of images share."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from genarium.metrics.fixed_factor_groups import Groups
from genarium.metrics.result import Result


def beta_vae_score(*, codes: np.ndarray, train: Groups, test: Groups) -> Result:
    """beta-VAE score (Higgins et al., ICLR 2017, sec. 3), 0 to 1: accuracy of a linear classifier of the fixed factor.

    A group is cut into pairs; its feature is the mean over pairs of |z_1 - z_2|. codes: (N, Z).

    >>> members, fixed = np.array([[0, 1], [2, 3], [0, 2], [1, 3]]), np.array([0, 0, 1, 1])
    >>> train, test = Groups(members, fixed), Groups(members, np.array([0, 0, 1, 0]))  # the last of four mislabeled
    >>> beta_vae_score(codes=np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), train=train, test=test)["beta_vae_score"]
    0.75
    """
    sides = [(_mean_difference(codes, groups), groups.fixed) for groups in (train, test)]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(*sides[0])
    return Result({"beta_vae_score": float(model.score(*sides[1]))})


def _mean_difference(codes: np.ndarray, groups: Groups) -> np.ndarray:
    half = groups.members.shape[1] // 2
    first, second = groups.members[:, :half], groups.members[:, half : 2 * half]
    return np.abs(codes[first] - codes[second]).mean(1)
