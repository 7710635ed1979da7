"""Controls without a network, judged as in errors.py: ink alone, and an isolation forest on pixels."""

import torch
from torch import Tensor

from genarium.metrics.detection import alarms, separation
from genarium.training.build import built
from genarium.uses.anomaly import Score
from genarium.uses.anomaly_baselines import ink as brightness
from genarium.uses.anomaly_baselines import isolation_forest as forest

TOLERATED = 0.05
"""Share of held-out normal images above the threshold."""


def images(data, split: str) -> tuple[Tensor, Tensor]:
    """(images in [-1, 1], (N, C, R, R); which are of the class that trains, (N,) bool)."""
    batch = data.pictures(data.split_indices(split))
    return batch.images, torch.isin(batch.labels, torch.tensor(data.only))


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def judged(score: Score, data) -> dict[str, float]:
    above = score(images(data, "val")[0]).double().quantile(1 - TOLERATED).item()
    test, normal = images(data, "test")
    found = score(test).double()
    sides = {"normal": found[normal], "anomalous": found[~normal]}
    return {"auroc": separation(**sides)["auroc"], "detected": alarms(**sides, above=above)["detection_rate"]}


def ink(config, seed: int) -> dict[str, float]:
    return judged(brightness, opened(config))


def isolation_forest(config, seed: int) -> dict[str, float]:
    data = opened(config)
    return judged(forest(images(data, "train")[0], seed), data)
