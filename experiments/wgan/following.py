"""How a discriminator's loss follows the distance of samples to the data, over the course of a run."""

import math

import numpy as np
from scipy.stats import spearmanr

from genarium.errors import UserError

LOSS, DISTANCE = "train/discriminator/adversarial", "selection/kd/"
SKIPPED = 0.2
"""Part of the run before which a critic's loss grows since the critic learns, whatever the samples."""


def followed(run) -> tuple[dict, str]:
    """Series of a run, and the name of the distance's; UserError where one of the two is missing."""
    series = run.series()
    name = next((one for one in series if one.startswith(DISTANCE)), None)
    if name is None or LOSS not in series:
        raise UserError(f"the run logs no series {LOSS if name else DISTANCE}")
    return series, name


def rank_correlation(run) -> float:
    """Spearman's rank correlation of the kernel distance with the negative loss of the discriminator, which estimates
    the Wasserstein distance, or for the minimax loss twice the Jensen-Shannon divergence less log 4; means of the loss
    since the distance was measured before. 1: it falls whenever samples come nearer to the data."""
    series, name = followed(run)
    (places, distances), (steps, losses) = series[name], map(np.array, series[LOSS])
    since = zip([0, *places], places, strict=False)
    estimates = [-losses[(start < steps) & (steps <= stop)].mean() for start, stop in since]
    first = math.ceil(SKIPPED * len(places))
    return float(spearmanr(estimates[first:], distances[first:]).statistic)


def last_distance(run) -> float:
    """The kernel distance at the run's end."""
    series, name = followed(run)
    return series[name][1][-1]
