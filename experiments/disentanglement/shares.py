"""Shares of variance (Locatello et al., arXiv:1811.12359, sec. 5.4): R^2 of least squares on dummies of the objective,
what the strength adds, and the rest, which is the seed; means over the scores of disentanglement."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from genarium.studies.results import JobRow

SCORES = ("mig", "sap", "dci_disentanglement", "factor_vae_score", "beta_vae_score")


def objective(rows: Sequence[JobRow]) -> float:
    return explained(rows, lambda row: row.arm.rpartition("_")[0])


def strength(rows: Sequence[JobRow]) -> float:
    """What is explained by an objective's strength beyond the objective."""
    return explained(rows, lambda row: row.arm) - objective(rows)


def seed(rows: Sequence[JobRow]) -> float:
    return 1 - explained(rows, lambda row: row.arm)


def explained(rows: Sequence[JobRow], group: Callable[[JobRow], str]) -> float:
    """Mean R^2 of the scores on dummies of the group, whose fit is the group's mean. NaN where a score never varies."""
    return float(np.mean([share([row for row in rows if name in row.values], group, name) for name in SCORES]))


def share(rows: Sequence[JobRow], group: Callable[[JobRow], str], name: str) -> float:
    groups: dict[str, list[float]] = {}
    for row in rows:
        groups.setdefault(group(row), []).append(row.values[name])
    whole = np.concatenate([*groups.values(), []])
    if len(whole) < 2 or np.ptp(whole) == 0:
        return math.nan
    within = sum(np.square(np.subtract(values, np.mean(values))).sum() for values in groups.values())
    return float(1 - within / np.square(whole - whole.mean()).sum())
