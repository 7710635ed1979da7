"""A game of two numbers, such as the Dirac-GAN: where its players are, and a picture of the way that they came."""

import copy
import math
from collections.abc import Iterator

import torch
from matplotlib.figure import Figure
from pytorch_lightning import Trainer
from torch import Tensor, nn

from genarium.callbacks.periodic import Every
from genarium.callbacks.save_picture import publish
from genarium.distributed.world import apart
from genarium.errors import UserError
from genarium.protocols import Batch
from genarium.runs.run import Run
from genarium.training.module import Module

PLAYERS = ("generator", "discriminator")
CELLS = 15


def numbers(module: Module) -> list[nn.Parameter]:
    """The one parameter of generator and discriminator, () each; UserError where they are not of this kind."""
    networks = module.networks()
    found = [list(networks[name].parameters()) if name in networks else [] for name in PLAYERS]
    if [sum(part.numel() for part in parts) for parts in found] != [1, 1]:
        raise UserError("callbacks=dirac is for players of one number each: choose model=gan_dirac, or other callbacks")
    return [part for (part,) in found]


class Places(Every):
    """`place/…`: both numbers, and how far they are from (0, 0), the equilibrium of the Dirac-GAN."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        numbers(module)
        if module.images_seen == 0:
            self.act(trainer, module)

    def act(self, trainer: Trainer, module: Module) -> None:
        place = [number.item() for number in numbers(module)]
        named = {f"place/{name}": value for name, value in zip(PLAYERS, place, strict=True)}
        module.record(named | {"place/distance": math.hypot(*place)})


class PhasePlane(Every):
    """The plane of both numbers: arrows point where a step leads, the line is what `Places` recorded."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        if not any(isinstance(callback, Places) for callback in trainer.callbacks):
            raise UserError("callbacks.phase draws what callbacks.places records: leave both, or set both to null")

    def act(self, trainer: Trainer, module: Module) -> None:
        if not trainer.is_global_zero:
            return
        series = Run.of(trainer).series()
        way = torch.tensor([series[f"place/{name}"][1] for name in PLAYERS])  # (2, times)
        reach = 1.15 * way.abs().max().item()
        batch = trainer.datamodule.examples(64, "train")
        on_device = batch._replace(images=batch.images.to(module.device), labels=batch.labels.to(module.device))
        arrows = field(module, on_device, reach)
        publish(trainer, module, "phase", draw(way, *arrows, reach, module.images_seen).savefig)


def field(module: Module, batch: Batch, reach: float) -> tuple[Tensor, Tensor]:
    """Places on a square grid (N, 2), and minus the gradient of each player's own loss there (N, 2)."""
    line = torch.linspace(-reach, reach, CELLS)
    places = torch.cartesian_prod(line, line)
    double = copy.deepcopy(module, {id(module.trainer): None})  # its penalties may count their calls
    devices = [module.device] if module.device.type == "cuda" else []
    with torch.random.fork_rng(devices), torch.enable_grad(), apart():
        return places, torch.stack([torch.stack(list(descents(double, batch, place))) for place in places])


def descents(module: Module, batch: Batch, place: Tensor) -> Iterator[Tensor]:
    players = numbers(module)
    with torch.no_grad():
        for number, value in zip(players, place, strict=True):
            number.copy_(value)
    for name, number in zip(PLAYERS, players, strict=True):
        loss = getattr(module, f"{name}_terms")(batch)["loss"].mean()
        yield -torch.autograd.grad(loss, number)[0].cpu()


def draw(way: Tensor, places: Tensor, arrows: Tensor, reach: float, seen: int) -> Figure:
    """`way` (2, times) over the field."""
    figure = Figure(figsize=(5, 5.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    length = torch.linalg.vector_norm(arrows, dim=1, keepdim=True)
    moving = length[:, 0] > 0
    arrows = arrows[moving] / length[moving]
    axes.quiver(*places[moving].T, *arrows.T, color="0.7", width=0.003, scale=28, pivot="mid")
    axes.plot(*way, color="#1f77b4", linewidth=1)
    axes.plot(*way[:, 0], "o", color="#1f77b4", label="start")
    axes.plot(*way[:, -1], "o", color="#d62728", label="now")
    axes.plot(0, 0, "+", color="black", markersize=12, label="equilibrium")
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="generator θ", ylabel="discriminator ψ")
    axes.set_title(f"{seen:,} examples seen")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure
