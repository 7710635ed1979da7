"""Importance of settings by functional ANOVA (fANOVA), with its spread — Hutter et al., ICML 2014."""

from collections.abc import Callable, Mapping
from statistics import fmean, stdev

FORESTS = 5
"""Random forests, each of another seed: their spread says how far an importance can be trusted."""
LEAST = 8
"""Finished runs with different settings below which nothing is said."""


def by_forests(shares_of: Callable[[int], Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation over forests of the share of the variance that each setting explains, largest mean
    first; `shares_of` grows the forest of a seed.

    >>> by_forests(lambda seed: {"lr": 0.1 + 0.05 * seed, "beta": 0.9 - 0.05 * seed})
    {'beta': (0.8, 0.07905694150420944), 'lr': (0.2, 0.07905694150420949)}
    """
    forests = [shares_of(seed) for seed in range(FORESTS)]
    shares = {name: [one.get(name, 0.0) for one in forests] for name in {name: 0 for one in forests for name in one}}
    found = {name: (fmean(ones), stdev(ones)) for name, ones in shares.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))
