"""Callbacks for two-parameter games (Dirac-GAN): log both parameters, draw their trajectory over the gradient field."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from matplotlib.figure import Figure
from pytorch_lightning import Trainer
from torch import Tensor, nn

from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.save_picture import save_picture
from genarium.distributed.world import single_process
from genarium.errors import UserError
from genarium.protocols import Batch
from genarium.runs.run import Run
from genarium.training.module import Module, Objective, Terms, take_steps

PLAYERS = ("generator", "discriminator")
NAMES = ("theta", "psi")
CELLS = 15


def numbers(module: Module) -> list[nn.Parameter]:
    """The one parameter of generator and discriminator, () each; UserError where they are not of this kind."""
    networks = module.networks()
    found = [list(networks[name].parameters()) if name in networks else [] for name in PLAYERS]
    if [sum(part.numel() for part in parts) for parts in found] != [1, 1]:
        raise UserError("callbacks=dirac is for players of one number each: choose model=dirac_gan, or other callbacks")
    return [part for (part,) in found]


class ParameterTracker(PeriodicCallback):
    """`dirac/…`: both numbers, and how far they are from (0, 0), the equilibrium of the Dirac-GAN."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        numbers(module)
        if module.images_seen == 0:
            self.run(trainer, module)

    def run(self, trainer: Trainer, module: Module) -> None:
        values = [parameter.item() for parameter in numbers(module)]
        named = {f"dirac/{name}": value for name, value in zip(NAMES, values, strict=True)}
        module.log_scalars(named | {"dirac/distance": math.hypot(*values)})


class PhasePortrait(PeriodicCallback):
    """The plane of both numbers: arrows point where a step leads, the line is what `ParameterTracker` recorded."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        if not any(isinstance(callback, ParameterTracker) for callback in trainer.callbacks):
            raise UserError("callbacks.phase draws what callbacks.parameters records: leave both, or set both to none")

    def run(self, trainer: Trainer, module: Module) -> None:
        if not trainer.is_global_zero:
            return
        series = Run.of(trainer).series()
        trajectory = torch.tensor([series[f"dirac/{name}"][1] for name in NAMES])  # (2, times)
        reach = 1.15 * trajectory.abs().max().item()
        batch = trainer.datamodule.examples(64, "train")
        on_device = batch._replace(images=batch.images.to(module.device), labels=batch.labels.to(module.device))
        arrows = field(module, on_device, reach)
        save_picture(trainer, module, "phase", draw(trajectory, *arrows, reach, module.images_seen).savefig)


def field(module: Module, batch: Batch, reach: float) -> tuple[Tensor, Tensor]:
    """Points of a square grid (N, 2), and minus the gradient of each player's own loss there (N, 2)."""
    line = torch.linspace(-reach, reach, CELLS)
    points = torch.cartesian_prod(line, line)
    devices = [module.device] if module.device.type == "cuda" else []
    with torch.random.fork_rng(devices), torch.enable_grad(), single_process(), unmoved(module):
        return points, torch.stack([slopes(module, batch, point) for point in points])


@contextmanager
def unmoved(module: Module) -> Iterator[None]:
    """Parameters and clock are as they were afterwards; meanwhile it is a round in which both players step."""
    parameters, batches_seen = numbers(module), module.batches_seen
    before = [parameter.detach().clone() for parameter in parameters]
    module.batches_seen = module.round_length - 1
    try:
        yield
    finally:
        module.batches_seen = batches_seen
        place(parameters, torch.stack(before))


def place(parameters: list[nn.Parameter], point: Tensor) -> None:
    with torch.no_grad():
        for parameter, value in zip(parameters, point, strict=True):
            parameter.copy_(value)


def slopes(module: Module, batch: Batch, point: Tensor) -> Tensor:
    """Minus the gradient of each player's own loss at `point`, (2,)."""
    parameters = dict(zip(PLAYERS, numbers(module), strict=True))
    place(list(parameters.values()), point)
    found = {}

    def evaluate(player: str, objective: Objective) -> Terms:
        terms = objective()
        found[player] = -torch.autograd.grad(terms["loss"].mean(), parameters[player])[0].cpu()
        return terms

    take_steps(module.steps(batch), evaluate)
    return torch.stack([found[player] for player in PLAYERS])


def draw(trajectory: Tensor, places: Tensor, arrows: Tensor, reach: float, seen: int) -> Figure:
    """`trajectory` (2, times) over the field."""
    figure = Figure(figsize=(5, 5.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    length = torch.linalg.vector_norm(arrows, dim=1, keepdim=True)
    moving = length[:, 0] > 0
    arrows = arrows[moving] / length[moving]
    axes.quiver(*places[moving].T, *arrows.T, color="0.7", width=0.003, scale=28, pivot="mid")
    axes.plot(*trajectory, color="#1f77b4", linewidth=1)
    axes.plot(*trajectory[:, 0], "o", color="#1f77b4", label="start")
    axes.plot(*trajectory[:, -1], "o", color="#d62728", label="now")
    axes.plot(0, 0, "+", color="black", markersize=12, label="equilibrium")
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="generator θ", ylabel="discriminator ψ")
    axes.set_title(f"{seen:,} examples seen")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure
