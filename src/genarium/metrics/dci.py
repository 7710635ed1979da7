"""Disentanglement, completeness and informativeness (DCI) of codes (N, Z) and known factors."""

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import entropy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.model_selection import train_test_split

from genarium.metrics.factors import Factors, check_factors
from genarium.metrics.result import Result


def dci(*, codes: np.ndarray, factors: Factors, trees: int, seed: int) -> Result:
    """Disentanglement, completeness, informativeness (Eastwood & Williams, ICLR 2018, sec. 2), each 0 to 1.

    R (Z, K) are the importances of the latents in one random forest per factor. `dci_disentanglement`: 1 - entropy
    (base K) of each latent's row of R, weighted by the row's sum; `dci_completeness`: 1 - entropy (base Z) of each
    column; `dci_informativeness`: accuracy, or R^2 of continuous factors, on a held-out half (higher is better).

    >>> codes, factor = np.array([[0.0, 0.0], [1.0, 0.0]] * 20), np.array([0, 1] * 20)  # one latent tells both factors
    >>> found = dci(codes=codes, factors={"color": factor, "shape": factor}, trees=4, seed=0)
    >>> round(abs(found["dci_disentanglement"]), 6), round(found["dci_completeness"], 6), found["dci_informativeness"]
    (0.0, 1.0, 1.0)
    """
    check_factors(codes, factors)
    forests = [_fit_forest(codes, values, trees, seed) for values in factors.values()]
    importance = np.stack([forest.importance for forest in forests], axis=1) + 1e-12  # (Z, K)
    rows, columns = importance.sum(1), importance.sum(0)
    disentangled = (
        1 - entropy(importance, axis=1) / np.log(importance.shape[1]) if len(factors) > 1 else np.ones(len(rows))
    )
    complete = 1 - entropy(importance, axis=0) / np.log(importance.shape[0])
    return Result(
        {
            "dci_disentanglement": float(disentangled @ rows / rows.sum()),
            "dci_completeness": float(complete @ columns / columns.sum()),
            "dci_informativeness": float(np.mean([forest.score for forest in forests])),
        }
    )


class _Forest(NamedTuple):
    """Feature importances and held-out score of a random forest."""

    importance: np.ndarray  # (Z,), sums to 1
    score: float


def _fit_forest(codes: np.ndarray, values: np.ndarray, trees: int, seed: int) -> _Forest:
    x, x_test, y, y_test = train_test_split(codes, values, test_size=0.5, random_state=seed)
    kind = RandomForestClassifier if np.issubdtype(values.dtype, np.integer) else RandomForestRegressor
    # every split sees every latent: a random half of them would credit latents that know nothing
    settings: dict[str, Any] = {"n_estimators": trees, "max_features": None, "random_state": seed}
    forest = kind(**settings).fit(x, y)
    return _Forest(forest.feature_importances_, max(0.0, forest.score(x_test, y_test)))
