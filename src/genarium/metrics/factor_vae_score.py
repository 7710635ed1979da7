"""FactorVAE score: majority vote of the latent that varies least where one factor is fixed."""

import numpy as np

from genarium.metrics.fixed_factor_groups import Groups
from genarium.metrics.result import Result


def factor_vae_score(*, codes: np.ndarray, train: Groups, test: Groups, active: np.ndarray) -> Result:
    """FactorVAE score (Kim & Mnih, arXiv:1802.05983, sec. 4), 0 to 1: accuracy of the majority vote.

    A group votes for the latent, among the `active` ones (Z,) bool, whose variance within the group, over its variance
    in all codes (N, Z), is smallest; each latent stands for the factor that most groups of `train` give it.

    >>> members, fixed = np.array([[0, 1], [2, 3], [0, 2], [1, 3]]), np.array([0, 0, 1, 1])
    >>> train, test = Groups(members, fixed), Groups(members, np.array([0, 0, 1, 0]))  # the last of four mislabeled
    >>> codes, active = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([True, True])
    >>> factor_vae_score(codes=codes, train=train, test=test, active=active)["factor_vae_score"]
    0.75
    """
    if not active.any():
        return Result({"factor_vae_score": 0.0}, ("no latent is active: there is nothing to vote with.",))
    codes = codes[:, active] / codes[:, active].std(0)
    votes = np.zeros((codes.shape[1], train.fixed.max() + 1), dtype=int)
    np.add.at(votes, (_least_varying(codes, train), train.fixed), 1)
    predicted = votes.argmax(1)[_least_varying(codes, test)]
    return Result({"factor_vae_score": float((predicted == test.fixed).mean())})


def _least_varying(codes: np.ndarray, groups: Groups) -> np.ndarray:
    return codes[groups.members].var(1).argmin(1)
