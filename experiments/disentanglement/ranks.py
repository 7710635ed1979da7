"""Spearman's rank correlations over all runs: of scores of disentanglement with each other, and with what can be
measured without labels (Locatello et al., arXiv:1811.12359, sec. 5.3 and 5.5)."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.stats import spearmanr

from genarium.studies.results import JobRow

SCORES = ("mig", "sap", "dci_disentanglement", "factor_vae_score", "beta_vae_score")
UNSUPERVISED = ("psnr", "rate", "negative_elbo", "gaussian_total_correlation")


def correlation(rows: Sequence[JobRow], a: str, b: str) -> float:
    both = [(row.values[a], row.values[b]) for row in rows if a in row.values and b in row.values]
    return float(spearmanr(*zip(*both, strict=True)).statistic) if len(both) > 1 else float("nan")


def agreement(rows: Sequence[JobRow]) -> float:
    """Mean correlation of two scores."""
    return float(np.mean([correlation(rows, a, b) for a, b in combinations(SCORES, 2)]))


def best_unsupervised(rows: Sequence[JobRow]) -> float:
    """Mean correlation with the scores, in size, of the unsupervised number that has the largest."""
    return float(max(abs(np.mean([correlation(rows, a, b) for b in SCORES])) for a in UNSUPERVISED))
