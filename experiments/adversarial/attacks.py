"""Accuracy of a classifier under attack, bare or behind a model that reconstructs its images first."""

from collections.abc import Callable
from functools import cache

import torch
from sklearn.decomposition import PCA
from torch import Tensor

from genarium.config import compose
from genarium.evaluation.mode_classifier import mode_classifier
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.adversarial import fgsm, pgd, random_sign

TRIED, EPSILON, STEP, STEPS = 500, 0.4, 0.05, 20
"""Test images; the largest change of a pixel in [-1, 1], 0.2 of papers on [0, 1]; of projected gradient descent."""
Defense = Callable[[Tensor], Tensor]
"""(B, C, R, R) -> (B, C, R, R)."""


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def bare_classifier(data, seed: int) -> Callable[[Tensor], Tensor]:
    """Logits of a small convolutional network that was trained on the data's classes, (B, C, R, R) -> (B, K)."""
    images = min(30_000, 4 * len(data.split_indices("train")))
    settings = {"width": 16, "images": images, "batch_size": 100, "learning_rate": 0.006, "seed": seed}
    made = mode_classifier(data, "test", settings)
    made.network.eval()
    return lambda x: made.logits(x)[:, 0]


def accuracies(data, defense: Defense, seed: int) -> dict[str, float]:
    """Of clean images, of a random change, of attacks on the bare classifier, and of one through the defense."""
    rows = data.split_indices("test")
    batch = data.pictures(evenly_spaced(rows, min(TRIED, len(rows))))
    x, y, bare = batch.images, batch.labels, bare_classifier(data, seed)
    random = torch.Generator().manual_seed(seed)
    defended = lambda x: bare(defense(x))
    attack = lambda classify: pgd(classify, x, y, EPSILON, STEP, STEPS, random)
    shown = {
        "clean": x,
        "random": random_sign(x, EPSILON, random),
        "fgsm": fgsm(bare, x, y, EPSILON),
        "pgd": attack(bare),
        "pgd_through": attack(defended),
    }
    with torch.no_grad():
        return {name: (defended(one).argmax(1) == y).double().mean().item() for name, one in shown.items()}


def undefended(config, seed: int) -> dict[str, float]:
    return accuracies(opened(config), lambda x: x, seed)


def pca(config, seed: int) -> dict[str, float]:
    """Control: as many principal components as the code has numbers reconstruct first."""
    data = opened(config)
    train = data.pictures(data.split_indices("train")).images.flatten(1)
    fitted = PCA(config.model.latent_dim, svd_solver="covariance_eigh").fit(train.numpy())
    mean, components = (torch.from_numpy(part).float() for part in (fitted.mean_, fitted.components_))
    flat = lambda x: ((x.flatten(1) - mean) @ components.T @ components + mean).clamp(-1, 1)
    return accuracies(data, lambda x: flat(x).view_as(x), seed)


@cache
def of_run(run) -> dict[str, float]:
    config, model = compose.load(run.config), restore(run)
    with model.evaluating(0):
        return accuracies(opened(config), model.reconstruct, config.seed)


def clean(run) -> float:
    return of_run(run)["clean"]


def random_of(run) -> float:
    return of_run(run)["random"]


def fgsm_of(run) -> float:
    return of_run(run)["fgsm"]


def pgd_of(run) -> float:
    return of_run(run)["pgd"]


def pgd_through(run) -> float:
    return of_run(run)["pgd_through"]
