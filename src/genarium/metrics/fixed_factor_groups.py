"""Groups of images that share the value of one factor: the input of the FactorVAE and the beta-VAE score."""

from typing import NamedTuple

import numpy as np

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit
from genarium.metrics.factors import Factors, check_factors, discretized


class Groups(NamedTuple):
    """V groups of L images each; the images of a group share the value of one factor and vary in the others."""

    members: np.ndarray  # (V, L) index of an image
    fixed: np.ndarray  # (V,) index of the factor that the group shares


def groups_with_a_fixed_factor(factors: Factors, *, groups: int, size: int, bins: int, seed: int) -> Groups:
    """Draw `groups` groups of `size` images from a labeled set: a factor, a value, then images with that value.

    It stands for the interventions of the papers where a set with known factors is all there is; continuous factors
    are held fixed to one of `bins` intervals. DoesNotFit where no value of a factor has `size` images.

    >>> drawn = groups_with_a_fixed_factor({"shape": np.array([7, 5, 5])}, groups=2, size=2, bins=2, seed=0)
    >>> np.sort(drawn.members).tolist()  # only the value 5 has two images
    [[1, 2], [1, 2]]
    """
    rng = np.random.default_rng(seed)
    check_group_size(factors, size=size, bins=bins)
    large_enough = [[rows for rows in parts if len(rows) >= size] for parts in rows_by_value(factors, bins).values()]
    fixed = rng.integers(len(large_enough), size=groups)
    chosen = (large_enough[factor][rng.integers(len(large_enough[factor]))] for factor in fixed)
    return Groups(np.stack([rng.choice(rows, size, replace=False) for rows in chosen]), fixed)


def train_and_test_groups(
    *, factors: Factors, codes: np.ndarray, groups: int, size: int, bins: int, seed: int
) -> tuple[Groups, Groups]:
    """Training and test groups of one labeled set: `groups` from a random half of the images, as many from the rest."""
    check_factors(codes, factors)
    if size < 2:
        raise DoesNotFit(f"groups of {size} images have no pairs", "size", 2)
    order = np.random.default_rng(seed).permutation(len(codes))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    known = [{name: values[rows] for name, values in factors.items()} for rows in halves]
    check_group_size(*known, size=size, bins=bins)
    sides = []
    for number, (rows, side) in enumerate(zip(halves, known, strict=True)):
        drawn = groups_with_a_fixed_factor(side, groups=groups, size=size, bins=bins, seed=seed + number)
        sides.append(Groups(rows[drawn.members], drawn.fixed))
    train, test = sides
    return train, test


def rows_by_value(factors: Factors, bins: int) -> dict[str, list[np.ndarray]]:
    """Rows of each value, or bin, of each factor."""
    discrete = {name: discretized(values, bins) for name, values in factors.items()}
    return {name: [np.flatnonzero(values == value) for value in np.unique(values)] for name, values in discrete.items()}


def check_group_size(*sides: Factors, size: int, bins: int) -> None:
    """DoesNotFit where some factor of some side has no value with `size` images, with a size that all have."""
    largest = ((max(map(len, parts)), name) for side in sides for name, parts in rows_by_value(side, bins).items())
    most, name = min(largest)
    if most < 2:
        raise UserError(f"no value of the factor {name} has two images, of which pairs are made: measure more images")
    if most < size:
        raise DoesNotFit(f"no value of the factor {name} has {size} images", "size", most)
