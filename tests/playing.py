"""Seconds-long training of a rule that is put together by hand, through Lightning, without a run's folder."""

import warnings
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from genarium.losses.adversarial import NonSaturating
from genarium.losses.gradient_penalty import NoPenalty
from genarium.losses.weight_regularizer import none as no_regularizer
from genarium.models.gan import GAN
from genarium.protocols import Batch
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.transforms.augmentation import none as no_augmentation

Rule = TypeVar("Rule", bound=pl.LightningModule)


class Rounds:
    """Batches as they are: Lightning would make a data set of a list."""

    def __init__(self, batches: Iterable[Tensor | Batch]) -> None:
        labeled = lambda x: Batch(x, torch.zeros(len(x), dtype=torch.long))
        self.batches = [batch if isinstance(batch, Batch) else labeled(batch) for batch in batches]

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.batches)


def fit(model: Rule, batches: Iterable[Tensor | Batch], precision: str = "32-true") -> Rule:
    """`model` after a round on each batch, whose labels are 0 where none are given."""
    quiet = {
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "enable_checkpointing": False,
        "logger": False,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pl.Trainer(accelerator="cpu", max_epochs=1, precision=precision, **quiet).fit(model, Rounds(batches))
    return model


def adam(lr: float = 1e-3, betas: tuple[float, float] = (0.5, 0.999), **player) -> OptimizerSpec:
    return OptimizerSpec(lambda parameters: torch.optim.Adam(parameters, lr, betas), **player)


def sgd(lr: float) -> OptimizerSpec:
    return OptimizerSpec(lambda parameters: torch.optim.SGD(parameters, lr))


def mlp(*sizes: int, last: nn.Module | None = None) -> nn.Sequential:
    """Fully connected on flattened inputs."""
    layers = [nn.Flatten()]
    for size_in, size_out in pairwise(sizes):
        layers += [nn.Linear(size_in, size_out), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1], *([last] if last else []))


def parts(generator: nn.Module, discriminator: nn.Module, latent_dim: int, **others) -> dict:
    """Of a GAN: the plainest ones, and `others`."""
    plain = {
        "adversarial_loss": NonSaturating(),
        "penalty": NoPenalty(),
        "augmentation": no_augmentation,
        "generator_regularizer": no_regularizer,
        "discriminator_steps": 1,
        "optimizers": {"generator": adam(), "discriminator": adam()},
        "schedules": {},
    }
    return plain | {"generator": generator, "discriminator": discriminator, "latent_dim": latent_dim} | others


def points_gan(rule: type[GAN] = GAN, **others) -> GAN:
    """A GAN on points of the plane, (B, 2, 1, 1)."""
    generator = mlp(2, 32, 32, 2, last=nn.Unflatten(1, (2, 1, 1)))
    return rule(**parts(generator, mlp(2, 32, 32, 1, last=nn.Flatten(0)), 2) | others)
