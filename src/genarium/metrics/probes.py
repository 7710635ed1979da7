"""Linear and nearest-neighbor probes: accuracy of simple classifiers from codes to classes."""

from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit
from genarium.metrics.result import Result

LARGEST = 2000
"""Weights of a linear classifier up to which Newton's method is the faster one."""


class Labeled(NamedTuple):
    """Codes (N, Z) and their classes (N,)."""

    codes: np.ndarray
    labels: np.ndarray


def linear_probe(*, train: Labeled, test: Labeled, inverse_regularization: float) -> Result:
    """Test accuracy of logistic regression on standardized codes; beside it, that of always the commonest class.

    >>> train = Labeled(np.array([[-2.0], [-1.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1, 1]))
    >>> test = Labeled(np.array([[-4.0], [-3.0], [-2.0], [2.0]]), np.array([0, 0, 1, 1]))  # the third on the wrong side
    >>> linear_probe(train=train, test=test, inverse_regularization=1.0).values
    {'linear_probe_accuracy': 0.75, 'majority_class_accuracy': 0.5}
    """
    warnings = _check(train, test)
    # both solvers find the one optimum: Newton's in a few steps, as long as its matrix is small
    weights = train.codes.shape[1] * len(np.unique(train.labels))
    solver: dict[str, Any] = {"solver": "newton-cholesky"} if weights <= LARGEST else {"solver": "lbfgs", "tol": 1e-3}
    model = make_pipeline(StandardScaler(), LogisticRegression(C=inverse_regularization, max_iter=500, **solver))
    accuracy = model.fit(train.codes, train.labels).score(test.codes, test.labels)
    return Result(
        {"linear_probe_accuracy": float(accuracy), "majority_class_accuracy": _commonest(train, test)}, warnings
    )


def knn_accuracy(*, train: Labeled, test: Labeled, k: int) -> Result:
    """Test accuracy of the vote of the k nearest training codes."""
    warnings = _check(train, test)
    if not 1 <= k <= len(train.codes):
        raise DoesNotFit(f"{len(train.codes)} training codes have no {k} neighbors", "k", len(train.codes))
    accuracy = KNeighborsClassifier(k).fit(train.codes, train.labels).score(test.codes, test.labels)
    return Result({"knn_accuracy": float(accuracy)}, warnings)


def _commonest(train: Labeled, test: Labeled) -> float:
    values, counts = np.unique(train.labels, return_counts=True)
    return float((test.labels == values[counts.argmax()]).mean())


def _check(train: Labeled, test: Labeled) -> tuple[str, ...]:
    for side, (codes, labels) in {"training": train, "test": test}.items():
        if codes.ndim != 2 or labels.shape != codes.shape[:1] or not len(codes):
            raise UserError(f"{side} codes {codes.shape} and labels {labels.shape} must be (N, Z) and (N,), N > 0.")
        if not np.isfinite(codes).all():
            raise UserError(f"the {side} codes contain NaN or infinity; check the encoder.")
    if len(np.unique(train.labels)) < 2:
        raise UserError("a probe needs two or more classes in its training codes; choose data with classes.")
    unseen = np.setdiff1d(test.labels, train.labels)
    return (f"{len(unseen)} classes of the test codes are in no training code.",) if len(unseen) else ()
