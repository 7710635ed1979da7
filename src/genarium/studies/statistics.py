"""Statistics of a study: intervals, exact tests and effect sizes for few seeds. Values are arrays (n,), one a seed."""

import math
from collections.abc import Sequence
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

LEVEL, ALPHA = 0.95, 0.05
SMALL = 10
"""Most values of which a mean has a t interval; of more, a BCa bootstrap."""
RESAMPLES, SEED = 9_999, 0
EXACT = 200_000
"""Most permutations that are enumerated; of more, `RESAMPLES` are drawn. 10 seeds against 10 have 184,756."""
TINY, CLOSE = 1e-12, 1e-9
"""Differences that rounding alone makes."""


class ConfidenceInterval(NamedTuple):
    """An estimate with its 95 % interval; infinite bounds where there are too few values for one."""

    estimate: float
    low: float
    high: float


def unknown(estimate: float) -> ConfidenceInterval:
    return ConfidenceInterval(estimate, -math.inf, math.inf)


def mean_interval(values: ArrayLike, log: bool = False) -> ConfidenceInterval:
    """Mean with its interval: Student's t up to `SMALL` values, bias-corrected and accelerated bootstrap beyond (Efron,
    1987). `log`: geometric mean, of positive values, with the interval of the mean logarithm."""
    x = np.log(values) if log else np.asarray(values, float)
    found = interval_of(x)
    return ConfidenceInterval(*(math.exp(one) if one < 700 else math.inf for one in found)) if log else found


def interval_of(x: np.ndarray) -> ConfidenceInterval:
    mean = float(x.mean())
    if len(x) < 2:
        return unknown(mean)
    if np.ptp(x) == 0:
        return ConfidenceInterval(mean, mean, mean)
    if len(x) <= SMALL:
        half = float(stats.t.ppf((1 + LEVEL) / 2, len(x) - 1) * stats.sem(x))
        return ConfidenceInterval(mean, mean - half, mean + half)
    bootstrap = stats.bootstrap(
        (x,), np.mean, confidence_level=LEVEL, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(SEED)
    ).confidence_interval
    return ConfidenceInterval(mean, float(bootstrap.low), float(bootstrap.high))


def mean_difference(a: ArrayLike, b: ArrayLike, paired: bool = False, level: float = LEVEL) -> ConfidenceInterval:
    """Mean of `a` less mean of `b`, with Welch's interval; `paired`: of the differences, for values of equal blocks."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    error, freedom = standard_error(a, b, paired)
    difference = float(a.mean() - b.mean())
    if freedom <= 0:
        return unknown(difference)
    half = float(stats.t.ppf((1 + level) / 2, freedom) * error)
    return ConfidenceInterval(difference, difference - half, difference + half)


def standard_error(a: np.ndarray, b: np.ndarray, paired: bool = False) -> tuple[float, float]:
    """(standard error of the difference of the means, its degrees of freedom: Welch-Satterthwaite, or pairs - 1)."""
    if min(len(a), len(b)) < 2:
        return math.inf, 0
    if paired:
        return float(stats.sem(a - b)), len(a) - 1
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if va + vb == 0:
        return 0.0, len(a) + len(b) - 2
    return math.sqrt(va + vb), float((va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)))


def permutation_p(a: ArrayLike, b: ArrayLike, paired: bool = False) -> float:
    """Two-sided p of the difference of means under permutation: exact up to `EXACT` permutations, of `RESAMPLES` drawn
    ones with a fixed seed beyond. `paired`: signs of the differences are flipped."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    signs = flips(len(a)) if paired else splits(len(a), len(b))
    found = signs @ (a - b if paired else np.concatenate([a, b]))
    seen = abs(float(a.mean() - b.mean()))
    share = float((np.abs(found) >= seen * (1 - CLOSE)).mean())
    exact = (2 ** len(a) if paired else math.comb(len(a) + len(b), len(a))) <= EXACT
    return share if exact else (share * RESAMPLES + 1) / (RESAMPLES + 1)


@cache
def flips(n: int) -> np.ndarray:
    """Weights of the mean of differences with every choice of signs, (permutations, n)."""
    if 2**n <= EXACT:
        return np.array(list(product((1, -1), repeat=n))) / n
    return np.random.default_rng(SEED).choice((1, -1), (RESAMPLES, n)) / n


@cache
def splits(n: int, m: int) -> np.ndarray:
    """Weights of the difference of means of every split of n + m values, (permutations, n + m)."""
    if math.comb(n + m, n) <= EXACT:
        first = np.array(list(combinations(range(n + m), n)))
    else:
        rng = np.random.default_rng(SEED)
        first = np.array([rng.permutation(n + m)[:n] for _ in range(RESAMPLES)])
    weights = np.full((len(first), n + m), -1 / m)
    np.put_along_axis(weights, first, 1 / n, axis=1)
    return weights


def holm(ps: Sequence[float]) -> list[float]:
    """p values adjusted for a family of tests, step-down (Holm, 1979)."""
    order = np.argsort(ps)
    steps = [min(1.0, (len(ps) - rank) * ps[place]) for rank, place in enumerate(order)]
    adjusted = np.empty(len(ps))
    adjusted[order] = np.maximum.accumulate(steps) if steps else []
    return adjusted.tolist()


def probability_of_superiority(a: ArrayLike, b: ArrayLike) -> ConfidenceInterval:
    """P(A > B) + P(A = B) / 2, with the interval of Newcombe (Statistics in Medicine 25, 2006, method 5), which stays
    wide where the samples do not overlap."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    n, m = len(a), len(b)
    wins = (a[:, None] > b).mean() + (a[:, None] == b).mean() / 2
    z, more = stats.norm.ppf((1 + LEVEL) / 2), (n + m) / 2 - 1
    variance = lambda t: t * (1 - t) * (1 + more * (1 - t) / (2 - t) + more * t / (1 + t)) / (n * m)
    gap = lambda t: (t - wins) ** 2 - z**2 * variance(t)
    low = optimize.root_scalar(gap, bracket=(0, wins - TINY)).root if wins > 0 else 0.0
    high = optimize.root_scalar(gap, bracket=(wins + TINY, 1)).root if wins < 1 else 1.0
    return ConfidenceInterval(float(wins), float(low), float(high))


def equivalence_p(a: ArrayLike, b: ArrayLike, margin: float, paired: bool = False) -> float:
    """p of two one-sided tests (TOST; Schuirmann, 1987) that the means differ by less than `margin`."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    error, freedom = standard_error(a, b, paired)
    inside = margin - abs(float(a.mean() - b.mean()))
    if freedom <= 0:
        return 1.0
    if error == 0:
        return 0.0 if inside > 0 else 1.0
    return float(stats.t.sf(inside / error, freedom))
