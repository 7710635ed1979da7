"""Separated attribute predictability (SAP) of codes (N, Z) and known factors."""

import warnings

import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from genarium.metrics.factors import Factors, check_factors, mean_over_factors
from genarium.metrics.result import Result


def separated_attribute_predictability(*, codes: np.ndarray, factors: Factors, seed: int) -> Result:
    """SAP (Kumar et al., arXiv:1711.00848, sec. 3): mean over factors of the gap between the two best single latents.

    A latent's score is the squared correlation for a continuous factor, and for classes the balanced accuracy, on a
    held-out half, of thresholds on that latent alone. `sap`, and `sap/<factor>` for each one.

    >>> size = np.linspace(0, 1, 5)
    >>> codes = np.stack([size, (size - 0.5) ** 2], axis=1)  # correlations 1 and 0
    >>> round(separated_attribute_predictability(codes=codes, factors={"size": size}, seed=0)["sap"], 6)
    1.0
    """
    check_factors(codes, factors)
    gaps = {}
    for name, values in factors.items():
        score = _threshold_accuracy if np.issubdtype(values.dtype, np.integer) else _squared_correlation
        best = np.sort([score(column, values, seed) for column in codes.T])
        gaps[name] = best[-1] - best[-2]
    return mean_over_factors("sap", gaps)


def _squared_correlation(column: np.ndarray, values: np.ndarray, seed: int) -> float:
    return np.corrcoef(column, values)[0, 1] ** 2 if column.std() > 0 else 0.0


def _threshold_accuracy(column: np.ndarray, values: np.ndarray, seed: int) -> float:
    x, x_test, y, y_test = train_test_split(column[:, None], values, test_size=0.5, random_state=seed)
    leaves = 2 * len(np.unique(values))
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, class_weight="balanced", random_state=seed).fit(x, y)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")  # small sets: no matter
        return balanced_accuracy_score(y_test, tree.predict(x_test))
