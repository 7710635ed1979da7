"""ICA undoes a mixture of sources that are not Gaussian, and finds nothing to undo in Gaussian ones."""

import numpy as np

from genarium.metrics.independence import total_correlation_by_neighbors
from genarium.uses.ica import independent_components, turned, whitened

RANDOM = np.random.default_rng(0)
SOURCES = RANDOM.uniform(-1, 1, size=(2000, 3))
MIXED = SOURCES @ RANDOM.normal(size=(3, 3))


def test_ica_finds_the_sources_of_a_mixture():
    found = independent_components(MIXED, 0)
    matched = np.abs(np.corrcoef(found.codes.T, SOURCES.T)[:3, 3:])
    assert found.converged and (matched.max(1) > 0.99).all() and set(matched.argmax(1)) == {0, 1, 2}


def test_whitened_codes_and_their_turns_are_uncorrelated_of_unit_variance_and_still_dependent():
    for codes in (whitened(MIXED), turned(MIXED, 0)):
        np.testing.assert_allclose(np.cov(codes.T), np.eye(3), atol=1e-8)
    assert (
        total_correlation_by_neighbors(turned(MIXED, 0))
        > 0.1
        > total_correlation_by_neighbors(independent_components(MIXED, 0).codes)
    )


def test_gaussian_codes_are_no_more_independent_after_it():
    """One set's gain has a standard deviation of .07, the mean of 32 an eighth of that."""

    def gain(seed: int) -> float:
        codes = np.random.default_rng(seed).normal(size=(1500, 6))
        found = independent_components(codes, 0).codes
        return total_correlation_by_neighbors(turned(codes, 0)) - total_correlation_by_neighbors(found)

    assert abs(np.mean([gain(seed) for seed in range(32)])) < 0.05
