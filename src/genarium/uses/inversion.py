"""GAN inversion: the code whose image is nearest to a given one, by gradient descent on the code alone."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from genarium.losses.reconstruction import Distance, squared_error

Decode = Callable[[Tensor], Tensor]
"""(B, Z) -> (B, C, R, R)."""
Minimizer = Callable[[Callable[[Tensor], Tensor], Tensor], Tensor]
"""From an objective, (B, Z) -> (B,), and starting codes (B, Z) to codes (B, Z)."""


class Inversion(NamedTuple):
    """Codes (B, Z), and the distance of their images to those that were given, (B,)."""

    z: Tensor
    distance: Tensor


def invert(decode: Decode, x: Tensor, starts: Tensor, minimize: Minimizer, distance: Distance) -> Inversion:
    """Optimization-based inversion, z* = argmin_z distance(decode(z), x), the best of several starts (Zhu et al.,
    arXiv:1609.03552). No network takes a gradient: only codes move.

    (B, C, R, R), (S, B, Z) -> codes (B, Z). A code is no worse than any that it started from.
    """
    objective = lambda z: distance(decode(z), x)
    found = [z for start in starts for z in (start, minimize(objective, start))]
    with torch.no_grad():
        errors = torch.stack([objective(z) for z in found])
    best = errors.argmin(0)
    rows = torch.arange(len(x), device=x.device)
    return Inversion(torch.stack(found)[best, rows], errors[best, rows])


def adam(objective: Callable[[Tensor], Tensor], start: Tensor, steps: int, lr: float) -> Tensor:
    """Adam on codes, each on its own slope; the learning rate falls to 0 by a cosine. (B, Z) -> (B, Z)"""
    z = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([z], lr)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        slope(objective, z)
        optimizer.step()
        decay.step()
    return z.detach()


def lbfgs(objective: Callable[[Tensor], Tensor], start: Tensor, steps: int) -> Tensor:
    """L-BFGS with a strong Wolfe line search on the codes of a batch together (Antipov et al., arXiv:1702.01983, sec.
    2.2, which has it on one code). (B, Z) -> (B, Z)"""
    z = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([z], max_iter=steps, line_search_fn="strong_wolfe", tolerance_change=0)
    optimizer.step(lambda: slope(objective, z))
    return z.detach()


def slope(objective: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """The sum of the objective, whose gradient becomes that of `z`, and of nothing else."""
    with torch.enable_grad():
        loss = objective(z).sum()
        (z.grad,) = torch.autograd.grad(loss, z)
    return loss.detach()


def pixels(a: Tensor, b: Tensor) -> Tensor:
    """Squared error of pixels, |a - b|^2. -> (B,)"""
    return squared_error(a, b)


def of_features(features: Callable[[Tensor], Tensor]) -> Distance:
    """|F(a) - F(b)|^2 of a network's features, (B, C, R, R) -> (B, F): the identity-preserving distance where F knows
    who is shown (Antipov et al., arXiv:1702.01983, sec. 2.2)."""
    return lambda a, b: squared_error(features(a), features(b))
