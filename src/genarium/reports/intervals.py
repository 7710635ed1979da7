"""Student's t: 95 % intervals of means, and which means a best one is not distinguishable from (Welch, 1947)."""

import math
from collections.abc import Sequence
from statistics import fmean, variance

LEVEL = 0.95


def quantile(degrees: float) -> float:
    """Two-sided 95 % quantile of Student's t."""
    from scipy.special import stdtrit  # `genarium train --help` and a sweep's first second need none of scipy

    return float(stdtrit(degrees, (1 + LEVEL) / 2))


def quantiles(count: int) -> list[float]:
    """Two-sided 95 % quantiles of Student's t with 1, 2, …, `count` degrees of freedom."""
    return [round(quantile(degrees), 5) for degrees in range(1, count + 1)]


def half_width(values: Sequence[float]) -> float:
    """Half of the 95 % interval of the mean of `values`; NaN for fewer than two."""
    if len(values) < 2:
        return math.nan
    return quantile(len(values) - 1) * math.sqrt(variance(values) / len(values))


def indistinguishable(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether the 95 % interval of the difference of two means holds 0, by Welch's degrees of freedom; False for fewer
    than two values on a side, which tell nothing about their spread."""
    if min(len(a), len(b)) < 2:
        return False
    parts = [variance(values) / len(values) for values in (a, b)]
    if sum(parts) == 0:
        return fmean(a) == fmean(b)
    degrees = sum(parts) ** 2 / sum(part**2 / (len(values) - 1) for part, values in zip(parts, (a, b), strict=True))
    return abs(fmean(a) - fmean(b)) <= quantile(degrees) * math.sqrt(sum(parts))
