"""Controls without a network, on the same labels: logistic regression and the nearest neighbor, of raw pixels."""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from genarium.data.few_labels import UNKNOWN, few_labels
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.training.build import built

TESTED = 2000


def scores(config, seed: int, classifier: Callable) -> dict[str, float]:
    data = built(config.data.module, "data.module")
    data.setup()
    labels = np.asarray(data.packed.labels)
    test = evenly_spaced(data.split_indices("test"), TESTED)
    flat = lambda rows: (data.pictures(rows).images.flatten(1).numpy() + 1) / 2
    found = {}
    for count in (1, 10, 100):
        known = np.flatnonzero(few_labels(labels, data.split_indices("train"), count, seed) != UNKNOWN)
        fitted = classifier().fit(flat(known), labels[known])
        found[f"frozen_{count}"] = float(fitted.score(flat(test), labels[test]))
    return found


def regression(config, seed: int) -> dict[str, float]:
    return scores(config, seed, lambda: LogisticRegression(max_iter=500))


def neighbor(config, seed: int) -> dict[str, float]:
    return scores(config, seed, lambda: KNeighborsClassifier(1))
