"""Intervals cover, tests keep their level, and both agree with scipy's and statsmodels' own."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.nonparametric import rank_compare_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW, ttost_ind, ttost_paired

from genarium.studies import statistics
from genarium.studies.statistics import mean_interval


def samples(*sizes: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=size) for size in sizes]


def coverage(draw, truth: float, times: int, **kind) -> float:
    intervals = [mean_interval(draw(), **kind) for _ in range(times)]
    return float(np.mean([low <= truth <= high for _, low, high in intervals]))


@pytest.mark.parametrize("n", [3, 10])
def test_the_interval_of_a_mean_of_normal_values_covers_it_as_often_as_it_says(n):
    rng = np.random.default_rng(n)
    assert coverage(lambda: rng.normal(2, 3, n), 2, 2_000) == pytest.approx(0.95, abs=0.015)


def test_the_interval_of_logarithms_covers_a_geometric_mean_that_the_plain_one_would_miss():
    rng = np.random.default_rng(0)
    assert coverage(lambda: rng.lognormal(1, 1, 5), math.e, 2_000, log=True) == pytest.approx(0.95, abs=0.015)


def test_beyond_ten_values_the_interval_is_a_bootstrap_that_covers():
    rng = np.random.default_rng(0)
    assert coverage(lambda: rng.normal(size=20), 0, 100) == pytest.approx(0.93, abs=0.06)
    x = rng.lognormal(size=20)
    _, low, high = mean_interval(x)
    assert high - x.mean() > x.mean() - low  # a t interval would be symmetric
    assert mean_interval(x) == mean_interval(x)


def test_one_value_has_no_interval_and_equal_ones_have_a_point():
    assert mean_interval([3.0]) == (3.0, -math.inf, math.inf)
    assert mean_interval([2.0] * 20) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize("paired", [False, True])
def test_the_interval_of_a_difference_is_welchs_or_that_of_pairs(paired):
    a, b = samples(7, 7 if paired else 5)
    found = statistics.mean_difference(a, 3 * b, paired)
    if paired:
        low, high = DescrStatsW(a - 3 * b).tconfint_mean()
    else:
        low, high = CompareMeans(DescrStatsW(a), DescrStatsW(3 * b)).tconfint_diff(usevar="unequal")
    assert found == pytest.approx((a.mean() - 3 * b.mean(), low, high))


def test_the_permutation_p_of_separated_seeds_is_the_least_there_is():
    """2 / C(2n, n) of unpaired seeds, 2 / 2^n of pairs."""
    for n, least in ((3, 0.1), (5, 2 / 252), (8, 2 / 12_870)):
        assert statistics.permutation_p(range(n), range(n, 2 * n)) == pytest.approx(least)
        assert statistics.permutation_p(range(n), range(n, 2 * n), paired=True) == pytest.approx(2 / 2**n)


@pytest.mark.parametrize("paired", [False, True])
def test_the_permutation_p_is_scipys(paired):
    a, b = samples(6, 6)
    difference = lambda x, y, axis: x.mean(axis) - y.mean(axis)
    kind = "samples" if paired else "independent"
    oracle = stats.permutation_test((a, b + 1), difference, permutation_type=kind, n_resamples=10_000)
    assert statistics.permutation_p(a, b + 1, paired) == pytest.approx(oracle.pvalue)


def test_many_seeds_are_permuted_at_random_and_alike_each_time():
    a, b = samples(30, 30)
    p = statistics.permutation_p(a, b + 0.4)
    assert p == statistics.permutation_p(a, b + 0.4)
    assert p == pytest.approx(stats.ttest_ind(a, b + 0.4).pvalue, abs=0.02)


def test_holms_correction_is_statsmodels():
    ps = np.random.default_rng(1).uniform(0, 0.2, 12)
    assert statistics.holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])
    assert statistics.holm([]) == []


@pytest.mark.parametrize("paired", [False, True])
def test_equivalence_is_statsmodels_tost(paired):
    a, b = samples(9, 9)
    oracle = ttost_paired(a, b, -1.5, 1.5)[0] if paired else ttost_ind(a, b, -1.5, 1.5, usevar="unequal")[0]
    assert statistics.equivalence_p(a, b, 1.5, paired) == pytest.approx(oracle)


def test_the_probability_of_superiority_is_mann_whitneys_and_its_interval_near_brunner_munzels():
    a, b = samples(60, 50)
    wins, low, high = statistics.probability_of_superiority(a + 0.5, b)
    assert wins == pytest.approx(stats.mannwhitneyu(a + 0.5, b).statistic / 3_000)
    assert (low, high) == pytest.approx(rank_compare_2indep(a + 0.5, b).conf_int(), abs=0.02)


def test_the_interval_of_a_probability_of_superiority_covers_at_five_seeds_and_is_wide_where_they_are_separated():
    rng = np.random.default_rng(0)
    truth = stats.norm.cdf(1 / math.sqrt(2))
    found = [statistics.probability_of_superiority(rng.normal(1, 1, 5), rng.normal(0, 1, 5)) for _ in range(600)]
    assert np.mean([low <= truth <= high for _, low, high in found]) == pytest.approx(0.95, abs=0.03)
    wins, low, high = statistics.probability_of_superiority(range(5, 10), range(5))
    assert (wins, high) == (1, 1) and 0.5 < low < 0.75
    assert statistics.probability_of_superiority(range(5), range(5, 10)) == pytest.approx((0, 0, 1 - low))
