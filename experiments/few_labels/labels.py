"""Test accuracy by few labels, drawn by the seed: of logistic regression and the nearest neighbor on pixels, of
logistic regression on a model's codes, and of a run that learned from the labels itself."""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from genarium.commands.run_images import data_of
from genarium.data.few_labels import UNKNOWN, few_labels
from genarium.errors import UserError
from genarium.evaluation.classification import accuracy
from genarium.evaluation.maps import codes_of, pixels_of
from genarium.evaluation.protocol import Subject
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.protocols import Classifies
from genarium.training.build import built
from genarium.training.checkpoint import restore

COUNTS, TESTED = (1, 10, 100), 2000
"""Labels of each class; test images."""
Features = Callable[[np.ndarray], np.ndarray]
"""Of images at rows, (n,) -> (n, F)."""


def logistic_regression() -> LogisticRegression:
    """Features are not standardized: with one label of each class that costs nine points of 46."""
    return LogisticRegression(max_iter=1000)


def scored(data, features: Features, count: int, seed: int, classifier: Callable) -> float:
    """Accuracy on test images of a classifier of features, fitted to `count` labels of each class."""
    labels = np.asarray(data.packed.labels)
    known = np.flatnonzero(few_labels(labels, data.split_indices("train"), count, seed) != UNKNOWN)
    test = evenly_spaced(data.split_indices("test"), TESTED)
    return float(classifier().fit(features(known), labels[known]).score(features(test), labels[test]))


def of_pixels(config, seed: int, classifier: Callable) -> dict[str, float]:
    data = built(config.data.module, "data.module")
    data.setup()
    pixels = lambda rows: (pixels_of(data, rows) + 1) / 2
    return {f"accuracy_{count}": scored(data, pixels, count, seed, classifier) for count in COUNTS}


def regression(config, seed: int) -> dict[str, float]:
    return of_pixels(config, seed, logistic_regression)


def neighbor(config, seed: int) -> dict[str, float]:
    return of_pixels(config, seed, lambda: KNeighborsClassifier(1))


def of_run(run, count: int) -> float:
    """By a run's codes; or by itself, where it classifies, and then only by as many labels as it was given."""
    model, data = restore(run), data_of(run)
    with model.evaluating(seed=0):
        if isinstance(model, Classifies):
            if data.labels_per_class != count:
                raise UserError(f"the run learned from {data.labels_per_class} labels of each class")
            rows = evenly_spaced(data.split_indices("test"), TESTED)
            return accuracy(Subject(model, data, 0, "last"), rows)["accuracy"]
        return scored(data, lambda rows: codes_of(model, data, rows), count, data.seed, logistic_regression)


def accuracy_1(run) -> float:
    return of_run(run, 1)


def accuracy_10(run) -> float:
    return of_run(run, 10)


def accuracy_100(run) -> float:
    return of_run(run, 100)
