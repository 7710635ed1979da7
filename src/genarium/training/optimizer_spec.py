"""Optimizer of one player with its learning-rate schedule, gradient clipping and EMA."""

import math
from collections.abc import Callable, Iterable

import torch
from torch import nn

from genarium.training.schedules import ALWAYS, Schedule

OptimizerFactory = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


class OptimizerSpec:
    """Optimizer of one player (no dataclass: Hydra would make a configuration of it, whose look-ups cost)."""

    def __init__(
        self,
        optimizer: OptimizerFactory,
        lr_schedule: Schedule = ALWAYS,
        grad_clip: float = math.inf,
        ema_half_life: float = 0.0,
    ) -> None:
        """`lr_schedule`: factor on the optimizer's own rate; `grad_clip`: largest norm of the gradient;
        `ema_half_life`: half-life of the averaged weights in images, 0 where none are kept."""
        self.optimizer, self.lr_schedule = optimizer, lr_schedule
        self.grad_clip, self.ema_half_life = grad_clip, ema_half_life
