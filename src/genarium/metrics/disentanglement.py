"""Do single latents follow single known factors? MIG, SAP and DCI of codes (N, Z) and factors, name -> (N,).

A factor of integers is a set of classes, one of floats is continuous. A latent that carries nothing must be constant:
the mean of a collapsed posterior still follows the image by a hair, and a score that sees ranks alone would believe it
(`silenced`).
"""

import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.stats import entropy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import balanced_accuracy_score, mutual_info_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from genarium.errors import UserError
from genarium.metrics.result import Result

Factors = Mapping[str, np.ndarray]


def silenced(codes: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Codes (N, Z) whose latents that are not `active`, (Z,) bool, are 0."""
    return np.where(active, codes, 0.0)


def mutual_information_gap(*, codes: np.ndarray, factors: Factors, bins: int) -> Result:
    """MIG (Chen et al., arXiv:1802.04942, eq. 6), 0 to 1: mean over factors of (I_1 - I_2) / H(factor).

    I_1, I_2: mutual information of the factor with its two most informative latents, each latent (and each continuous
    factor) cut into `bins` intervals of equal frequency, which an outlier does not move. `mig`, and `mig/<factor>` for
    each one.
    """
    check_factors(codes, factors)
    binned = [into_bins(column, bins) for column in codes.T]
    gaps = {}
    for name, values in factors.items():
        values = discrete(values, bins)
        shared = np.sort([mutual_info_score(values, column) for column in binned])
        gaps[name] = (shared[-1] - shared[-2]) / entropy(np.unique(values, return_counts=True)[1])
    return _averaged("mig", gaps)


def separated_attribute_predictability(*, codes: np.ndarray, factors: Factors, seed: int) -> Result:
    """SAP (Kumar et al., arXiv:1711.00848, sec. 3): mean over factors of the gap between the two best single latents.

    A latent's score is the squared correlation for a continuous factor, and for classes the balanced accuracy, on a
    held-out half, of thresholds on that latent alone. `sap`, and `sap/<factor>` for each one.
    """
    check_factors(codes, factors)
    gaps = {}
    for name, values in factors.items():
        score = _threshold_accuracy if np.issubdtype(values.dtype, np.integer) else _squared_correlation
        best = np.sort([score(column, values, seed) for column in codes.T])
        gaps[name] = best[-1] - best[-2]
    return _averaged("sap", gaps)


def _squared_correlation(column: np.ndarray, values: np.ndarray, seed: int) -> float:
    return np.corrcoef(column, values)[0, 1] ** 2 if column.std() > 0 else 0.0


def _threshold_accuracy(column: np.ndarray, values: np.ndarray, seed: int) -> float:
    x, x_test, y, y_test = train_test_split(column[:, None], values, test_size=0.5, random_state=seed)
    leaves = 2 * len(np.unique(values))
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, class_weight="balanced", random_state=seed).fit(x, y)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")  # small sets: no matter
        return balanced_accuracy_score(y_test, tree.predict(x_test))


def dci(*, codes: np.ndarray, factors: Factors, trees: int, seed: int) -> Result:
    """Disentanglement, completeness, informativeness (Eastwood & Williams, ICLR 2018, sec. 2), each 0 to 1.

    R (Z, K) are the importances of the latents in one random forest per factor. `dci_disentanglement`: 1 - entropy
    (base K) of each latent's row of R, weighted by the row's sum; `dci_completeness`: 1 - entropy (base Z) of each
    column; `dci_informativeness`: accuracy, or R^2 of continuous factors, on a held-out half (higher is better).
    """
    check_factors(codes, factors)
    fits = [_forest(codes, values, trees, seed) for values in factors.values()]
    importance = np.stack([fit.importance for fit in fits], axis=1) + 1e-12  # (Z, K)
    rows, columns = importance.sum(1), importance.sum(0)
    disentangled = (
        1 - entropy(importance, axis=1) / np.log(importance.shape[1]) if len(factors) > 1 else np.ones(len(rows))
    )
    complete = 1 - entropy(importance, axis=0) / np.log(importance.shape[0])
    return Result(
        {
            "dci_disentanglement": float(disentangled @ rows / rows.sum()),
            "dci_completeness": float(complete @ columns / columns.sum()),
            "dci_informativeness": float(np.mean([fit.score for fit in fits])),
        }
    )


class _Fit(NamedTuple):
    importance: np.ndarray  # (Z,), sums to 1
    score: float


def _forest(codes: np.ndarray, values: np.ndarray, trees: int, seed: int) -> _Fit:
    x, x_test, y, y_test = train_test_split(codes, values, test_size=0.5, random_state=seed)
    kind = RandomForestClassifier if np.issubdtype(values.dtype, np.integer) else RandomForestRegressor
    # every split sees every latent: a random half of them would credit latents that know nothing
    forest = kind(n_estimators=trees, max_features=None, random_state=seed).fit(x, y)
    return _Fit(forest.feature_importances_, max(0.0, forest.score(x_test, y_test)))


def into_bins(values: np.ndarray, bins: int) -> np.ndarray:
    """Interval of equal frequency that each value falls into, equal values into one. (N,) -> (N,) of 0 to bins - 1"""
    below = np.searchsorted(np.sort(values), values)
    return below * bins // len(values)


def discrete(values: np.ndarray, bins: int) -> np.ndarray:
    """Classes as they are, a continuous factor in `bins` intervals."""
    return values if np.issubdtype(values.dtype, np.integer) else into_bins(values, bins)


def check_factors(codes: np.ndarray, factors: Factors) -> None:
    """UserError unless codes are finite (N, Z), Z >= 2, and every factor (N,) takes two or more values."""
    if codes.ndim != 2 or codes.shape[1] < 2 or not np.isfinite(codes).all():
        raise UserError(f"codes of shape {codes.shape} must be finite (N, Z) with two or more latents.")
    if not factors:
        raise UserError("disentanglement needs known factors; choose data that has them, such as data=garden.")
    for name, values in factors.items():
        if values.shape != codes.shape[:1] or len(np.unique(values)) < 2:
            raise UserError(f"the factor {name} must give each of the {len(codes)} images a value, not all the same.")


def _averaged(name: str, parts: dict[str, float]) -> Result:
    each = {f"{name}/{factor}": float(value) for factor, value in parts.items()}
    return Result({name: float(np.mean(list(parts.values())))} | each)
