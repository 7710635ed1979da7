"""Total correlation by nearest neighbors, against closed forms, and shares of traversals."""

import math

import numpy as np
import pytest
from scipy.stats import ortho_group

from genarium.errors import UserError
from genarium.metrics.independence import entropy_by_neighbors, total_correlation_by_neighbors
from genarium.metrics.traversal import one_direction_share


def test_a_gaussians_total_correlation_is_that_of_its_correlation():
    correlated = np.random.default_rng(0).multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=4000)
    assert total_correlation_by_neighbors(correlated) == pytest.approx(-0.5 * math.log(1 - 0.8**2), abs=0.05)
    assert total_correlation_by_neighbors(correlated * (1, 1000)) == pytest.approx(0.51, abs=0.05)


def test_dependence_without_correlation_is_found_and_independence_is_none():
    square = np.random.default_rng(0).uniform(-1, 1, size=(4000, 2))
    corner = square @ np.array([[1, 1], [-1, 1]]) / math.sqrt(2)  # a diamond: uncorrelated, not independent
    assert abs(np.corrcoef(corner.T)[0, 1]) < 0.05
    assert total_correlation_by_neighbors(square) == pytest.approx(0, abs=0.05)
    # two triangular densities of half-width sqrt(2), H = log sqrt(2) + 1/2 each, less that of the square, log 4
    assert total_correlation_by_neighbors(corner) == pytest.approx(math.log(2) + 1 - math.log(4), abs=0.06)


def test_a_turn_leaves_the_joint_entropy_alone():
    points = np.random.default_rng(0).normal(size=(300, 5))
    turn = ortho_group.rvs(5, random_state=0)
    assert entropy_by_neighbors(points @ turn, 3) == pytest.approx(entropy_by_neighbors(points, 3))


def test_a_latent_that_rests_is_refused():
    with pytest.raises(UserError, match="leave the others out"):
        total_correlation_by_neighbors(np.stack([np.random.default_rng(0).normal(size=50), np.ones(50)], 1))


def test_directions_that_change_nothing_have_no_share():
    with pytest.raises(UserError, match="no direction changes a factor"):
        one_direction_share(np.zeros((2, 3)))
