"""Disentanglement by holding one factor fixed: the FactorVAE and the beta-VAE score."""

from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit
from genarium.metrics.disentanglement import Factors, check_factors, discrete
from genarium.metrics.result import Result


class Groups(NamedTuple):
    """Groups of images that share the value of one factor, the others being as they come."""

    members: np.ndarray  # (V, L) index of an image
    fixed: np.ndarray  # (V,) index of the factor that the group shares


def groups_with_a_fixed_factor(factors: Factors, *, groups: int, size: int, bins: int, seed: int) -> Groups:
    """Draw `groups` groups of `size` images from a labeled set: a factor, a value, then images with that value.

    It stands for the interventions of the papers where a set with known factors is all there is; continuous factors
    are held fixed to one of `bins` intervals. DoesNotFit where no value of a factor has `size` images.
    """
    rng = np.random.default_rng(seed)
    check_size(factors, size=size, bins=bins)
    holders = [[index for index in held if len(index) >= size] for held in by_value(factors, bins).values()]
    fixed = rng.integers(len(holders), size=groups)
    chosen = (holders[factor][rng.integers(len(holders[factor]))] for factor in fixed)
    return Groups(np.stack([rng.choice(index, size, replace=False) for index in chosen]), fixed)


def by_value(factors: Factors, bins: int) -> dict[str, list[np.ndarray]]:
    """Of each factor, the indices of the images of each of its values, or intervals."""
    found = {name: discrete(values, bins) for name, values in factors.items()}
    return {name: [np.flatnonzero(values == value) for value in np.unique(values)] for name, values in found.items()}


def check_size(*sides: Factors, size: int, bins: int) -> None:
    """DoesNotFit where some factor of some side has no value with `size` images, with a size that all have."""
    largest = ((max(map(len, held)), name) for side in sides for name, held in by_value(side, bins).items())
    most, name = min(largest)
    if most < 2:
        raise UserError(f"no value of the factor {name} has two images, of which pairs are made: measure more images")
    if most < size:
        raise DoesNotFit(f"no value of the factor {name} has {size} images", "size", most)


def factor_vae_score(*, codes: np.ndarray, train: Groups, test: Groups, active: np.ndarray) -> Result:
    """Kim & Mnih, arXiv:1802.05983, sec. 4: accuracy of a majority vote from the latent that varies least.

    A group votes for the latent, among the `active` ones (Z,) bool, whose variance within the group, over its variance
    in all codes (N, Z), is smallest; each latent stands for the factor that most groups of `train` give it.
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


def beta_vae_score(*, codes: np.ndarray, train: Groups, test: Groups) -> Result:
    """Higgins et al., ICLR 2017, sec. 3: accuracy of a linear classifier of the factor that pairs of images share.

    A group is cut into pairs; its feature is the mean over pairs of |z_1 - z_2|. codes: (N, Z).
    """
    sides = [(_mean_difference(codes, groups), groups.fixed) for groups in (train, test)]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(*sides[0])
    return Result({"beta_vae_score": float(model.score(*sides[1]))})


def _mean_difference(codes: np.ndarray, groups: Groups) -> np.ndarray:
    half = groups.members.shape[1] // 2
    first, second = groups.members[:, :half], groups.members[:, half : 2 * half]
    return np.abs(codes[first] - codes[second]).mean(1)


def intervention_scores(
    *, codes: np.ndarray, factors: Factors, groups: int, size: int, bins: int, active: np.ndarray, seed: int
) -> Result:
    """Both scores on groups drawn from the labeled set itself: as many from one half of the images, to learn, as from
    the other, to test."""
    check_factors(codes, factors)
    if size < 2:
        raise DoesNotFit(f"groups of {size} images have no pairs", "size", 2)
    order = np.random.default_rng(seed).permutation(len(codes))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    known = [{name: values[rows] for name, values in factors.items()} for rows in halves]
    check_size(*known, size=size, bins=bins)
    sides = []
    for number, (rows, side) in enumerate(zip(halves, known, strict=True)):
        drawn = groups_with_a_fixed_factor(side, groups=groups, size=size, bins=bins, seed=seed + number)
        sides.append(Groups(rows[drawn.members], drawn.fixed))
    train, test = sides
    return factor_vae_score(codes=codes, train=train, test=test, active=active) | beta_vae_score(
        codes=codes, train=train, test=test
    )
