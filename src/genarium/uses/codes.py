"""Codes of images by any model that decodes: its encoder's, or else those that inversion finds."""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from genarium.losses.reconstruction import Distance
from genarium.protocols import Decodes, Encodes
from genarium.uses.inversion import Decode, Minimizer, adam, invert, lbfgs, pixels

CHUNK, STEPS, LR = 250, 100, 0.1
"""Images at a time; steps of an optimizer, and Adam's learning rate on codes of variance 1."""

MINIMIZERS: Mapping[str, Callable[[int], Minimizer]] = {
    "adam": lambda steps: partial(adam, steps=steps, lr=LR),
    "lbfgs": lambda steps: partial(lbfgs, steps=steps),
}
"""By name, given the number of steps."""


def codes(model: Decodes, x: Tensor, random: torch.Generator) -> Tensor:
    """Codes of images, (B, C, R, R) -> (B, Z)."""
    parts = x.split(CHUNK)
    if isinstance(model, Encodes):
        return torch.cat([model.encode(part).float() for part in parts])
    return torch.cat([inverted(model.decode, part, starts(model, part, random), pixels) for part in parts])


def starts(model: Decodes, x: Tensor, random: torch.Generator, count: int = 1) -> Tensor:
    """What inversion begins with: the encoder's codes, or `count` draws of N(0, I). (B, C, R, R) -> (S, B, Z)"""
    if isinstance(model, Encodes):
        return model.encode(x).float()[None]
    return torch.randn(count, len(x), model.latent_dim, generator=random, device=random.device).to(x)


def inverted(
    decode: Decode,
    x: Tensor,
    starts: Tensor,
    distance: Distance,
    steps: int | None = None,
    minimizer: Callable[[int], Minimizer] = MINIMIZERS["adam"],
) -> Tensor:
    """Codes by so many steps of Adam, or of another. (B, C, R, R), (S, B, Z) -> (B, Z)"""
    return invert(decode, x, starts, minimizer(steps or STEPS), distance).z
