"""What needs no network, on the same trials and judged alike: principal components, interpolations, ridge."""

from collections.abc import Callable

import torch
from sklearn.decomposition import PCA
from torch import Tensor

from genarium.evaluation.pairs import Pairs
from genarium.evaluation.signal_controls import signal_controls
from genarium.evaluation.signals import mean_of_trials, signal_errors
from genarium.training.build import built
from genarium.transforms.corruption import decimate, downsample

COMPONENTS, FACTOR = 8, 4
"""Of the autoencoders' codes, and of the networks that super-sample."""


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def signals(data, split: str) -> Tensor:
    """(N, C, 1, L), standardized."""
    return data.pictures(data.split_indices(split)).images


def judged(data, made: Tensor) -> dict[str, float]:
    """Errors of what was made of the test trials."""
    errors = signal_errors(data).items()
    sides = {"reconstruction": made, "original": signals(data, "test")}
    return {name: mean_of_trials(name, error(**sides))[name] for name, error in errors}


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components of training trials as the codes have numbers."""
    data = opened(config)
    train, test = (signals(data, split) for split in ("train", "test"))
    fitted = PCA(COMPONENTS, random_state=seed).fit(train.flatten(1).numpy())
    made = fitted.inverse_transform(fitted.transform(test.flatten(1).numpy()))
    return judged(data, torch.from_numpy(made).view_as(test))


def control(config, name: str, degrade: Callable[[Tensor, int], Tensor]) -> dict[str, float]:
    """A control of the evaluation, which fits it to all training trials."""
    data = opened(config)
    train, tried = (Pairs(degrade(x, FACTOR), x) for x in (signals(data, "train"), signals(data, "test")))
    return judged(data, dict(signal_controls(tried, train))[name]())


def averaged_linear(config, seed: int) -> dict[str, float]:
    return control(config, "linear", downsample)


def averaged_cubic(config, seed: int) -> dict[str, float]:
    return control(config, "cubic", downsample)


def averaged_ridge(config, seed: int) -> dict[str, float]:
    return control(config, "ridge", downsample)


def decimated_linear(config, seed: int) -> dict[str, float]:
    return control(config, "linear", decimate)


def decimated_cubic(config, seed: int) -> dict[str, float]:
    return control(config, "cubic", decimate)


def decimated_ridge(config, seed: int) -> dict[str, float]:
    return control(config, "ridge", decimate)
