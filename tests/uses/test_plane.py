"""Maps of codes: what PCA projects to, what t-SNE keeps together, and what no map can be made of."""

import numpy as np
import pytest

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit
from genarium.uses.maps import plane, principal_components


def test_pca_keeps_the_two_directions_of_largest_variance():
    codes = np.random.default_rng(0).normal(size=(50, 6)) * (9, 1, 5, 1, 1, 1)
    points = plane(codes, "pca", 30, 0)
    singular = np.linalg.svd(codes - codes.mean(0), compute_uv=False)
    np.testing.assert_allclose(np.linalg.svd(points, compute_uv=False), singular[:2])
    assert principal_components(codes, 32, 0).shape == (50, 6)


def test_tsne_keeps_clusters_apart_and_repeats_itself():
    codes = np.random.default_rng(0).normal(size=(60, 8))
    codes[:30] += 20
    points = plane(codes, "tsne", 10, 0)
    between = np.linalg.norm(points[:30].mean(0) - points[30:].mean(0))
    within = max(np.linalg.norm(part - part.mean(0), axis=1).max() for part in (points[:30], points[30:]))
    assert between > 2 * within
    np.testing.assert_array_equal(points, plane(codes, "tsne", 10, 0))


def test_codes_of_one_number_have_a_map():
    assert plane(np.random.default_rng(0).normal(size=(40, 1)), "tsne", 5, 0).shape == (40, 2)


def test_what_has_no_map_is_refused_with_a_remedy_that_fits():
    with pytest.raises(UserError, match="a map needs 4 images or more, and here are 1"):
        plane(np.ones((1, 3)), "pca", 30, 0)
    with pytest.raises(UserError, match="all codes are alike"):
        plane(np.ones((9, 3)), "tsne", 2, 0)
    codes = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(DoesNotFit, match="choose perplexity=6"):
        plane(codes, "tsne", 30, 0)
    assert plane(codes, "tsne", 6, 0).shape == (20, 2)
