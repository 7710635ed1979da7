"""Points of a plane: real and generated ones over the discriminator's logits."""

from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, runtime_checkable

import torch
from matplotlib.figure import Figure
from torch import Tensor

from genarium.distributed.world import single_process

SEED = 0
LIMIT, CELLS = 1.1, 24
"""Half the width of the plane that is drawn, and grid points along it."""


@runtime_checkable
class HasLogits(Protocol):
    device: torch.device

    def logits_of(self, x: Tensor) -> Tensor:
        """Logits (B,)."""
        ...

    def evaluating(self, seed: int) -> AbstractContextManager:
        """Averaged weights, evaluation mode and random numbers of `seed`."""
        ...


class LogitField(NamedTuple):
    """A discriminator's logits and their gradients on a square grid."""

    points: Tensor  # (N, 2)
    logits: Tensor  # (N,)
    gradients: Tensor  # (N, 2)


def logit_field(module: HasLogits) -> LogitField:
    """Logits and their gradients on a grid of `CELLS` x `CELLS` points.

    Where the discriminator sees packs, each is of one point alone; where it compares the points of a batch, they are
    the grid's.
    """
    line = torch.linspace(-LIMIT, LIMIT, CELLS)
    points = torch.stack(torch.meshgrid(line, line, indexing="xy"), 2).reshape(-1, 2)
    with module.evaluating(SEED), torch.enable_grad(), single_process():
        x = points[:, :, None, None].to(module.device).requires_grad_()
        logits = module.logits_of(x)
        (gradients,) = torch.autograd.grad(logits.sum(), x)
    return LogitField(points, logits.detach().cpu(), gradients.flatten(1).cpu())


def toy_2d_figure(real: Tensor, generated: Tensor, field: LogitField | None, title: str) -> Figure:
    """Scatter plot of real and generated points (N, 2) over a discriminator's logits, where there is one.

    The darker, the more real; arrows are the gradients of the logits.
    """
    figure = Figure(figsize=(5, 5.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    if field:
        x, y = (field.points[:, axis].reshape(CELLS, CELLS) for axis in (0, 1))
        axes.contourf(x, y, field.logits.reshape(CELLS, CELLS), levels=12, cmap="Greys", alpha=0.4)
        axes.quiver(*field.points.T, *field.gradients.T, color="0.4", width=0.002)
    axes.scatter(*real.T, s=4, color="#1f77b4", alpha=0.5, label="real")
    axes.scatter(*generated.T, s=4, color="#d62728", alpha=0.5, label="generated")
    axes.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), aspect="equal")
    axes.set_title(title)
    figure.legend(loc="outside lower center", ncols=2, markerscale=3, frameon=False)
    return figure


def toy_2d_portrait(module, real: Tensor, generated: Tensor) -> Figure:
    """`toy_2d_figure` of a model: with the field of its discriminator where it has one, and its clock as title."""
    title = f"{module.images_seen:,} points seen"
    field = logit_field(module) if isinstance(module, HasLogits) else None
    return toy_2d_figure(real, generated, field, title)
