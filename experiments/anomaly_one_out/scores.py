"""Anomaly scores of each arm, judged on all test images, of which those of one class are the anomalies."""

from collections.abc import Callable

import torch
from torch import Tensor

from genarium.commands.run_images import data_of
from genarium.metrics.detection import alarms, separation, threshold
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses import anomaly_baselines
from genarium.uses.anomaly import Score, offered, scored

ALARM_RATE = 0.05
"""Nominal share of false alarms."""


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def images(data, split: str) -> tuple[Tensor, Tensor]:
    """(images in [-1, 1], (N, C, R, R); which are of classes that train, (N,) bool)."""
    batch = data.pictures(data.split_indices(split))
    return batch.images, torch.isin(batch.labels, torch.tensor(data.only))


def judged(score: Score, data) -> dict[str, float]:
    """AUROC, average precision and realized false alarms; the threshold is of held-out normal images."""
    above = threshold(scored(score, images(data, "val")[0]), ALARM_RATE)
    test, normal = images(data, "test")
    found = scored(score, test)
    sides = {"normal": found[normal], "anomalous": found[~normal]}
    return (separation(**sides) | alarms(**sides, above=above)).values


def of_baseline(score: Score, data) -> dict[str, float]:
    """What a score without a network gives, which is its own objective."""
    numbers = judged(score, data)
    return numbers | {"loss_auroc": numbers["auroc"]}


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components as the code has numbers."""
    data = opened(config)
    train = images(data, "train")[0]
    return of_baseline(anomaly_baselines.pca_error(train, config.model.latent_dim, seed), data)


def isolation_forest(config, seed: int) -> dict[str, float]:
    data = opened(config)
    return of_baseline(anomaly_baselines.isolation_forest(images(data, "train")[0], seed), data)


def ink(config, seed: int) -> dict[str, float]:
    return of_baseline(anomaly_baselines.ink, opened(config))


def of_run(run, choose: Callable[[dict[str, Score]], Score]) -> dict[str, float]:
    model, data = restore(run), data_of(run)
    with model.evaluating(seed=0):
        return judged(choose(offered(model, torch.flatten)), data)


def auroc(run) -> float:
    """By the squared error."""
    return of_run(run, lambda scores: scores["error"])["auroc"]


def average_precision(run) -> float:
    return of_run(run, lambda scores: scores["error"])["average_precision"]


def false_alarm_rate(run) -> float:
    return of_run(run, lambda scores: scores["error"])["false_alarm_rate"]


def loss_auroc(run) -> float:
    """By what the model minimized: the negative ELBO of a VAE, the squared error of an autoencoder."""
    return of_run(run, lambda scores: scores.get("negative_elbo", scores["error"]))["auroc"]
