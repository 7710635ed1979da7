"""Callbacks for two-parameter games (Dirac-GAN): log both parameters, draw their trajectory over the gradient field."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from pytorch_lightning import Trainer
from torch import Tensor, nn

from genarium.callbacks.attached import callbacks, datamodule
from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.save_picture import save_picture
from genarium.distributed.world import single_process
from genarium.errors import UserError
from genarium.plots.phase_portrait import phase_portrait
from genarium.protocols import Batch
from genarium.runs.run import Run
from genarium.training.module import Module
from genarium.training.steps import Objective, Terms, take_steps

PLAYERS = ("generator", "discriminator")
NAMES = ("theta", "psi")
CELLS = 15


def game_parameters(module: Module) -> list[nn.Parameter]:
    """The one parameter of generator and discriminator, () each; UserError where they have others."""
    networks = module.networks()
    parameters = [list(networks[name].parameters()) if name in networks else [] for name in PLAYERS]
    if [sum(part.numel() for part in parts) for parts in parameters] != [1, 1]:
        raise UserError("callbacks=dirac is for players of one number each: choose model=dirac_gan, or other callbacks")
    return [parameter for (parameter,) in parameters]


class ParameterTracker(PeriodicCallback):
    """Trajectory of a two-parameter game: `dirac/theta`, `dirac/psi`, and their distance from the equilibrium."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        game_parameters(module)
        if module.images_seen == 0:
            self.run(trainer, module)

    def run(self, trainer: Trainer, module: Module) -> None:
        values = [parameter.item() for parameter in game_parameters(module)]
        named = {f"dirac/{name}": value for name, value in zip(NAMES, values, strict=True)}
        module.log_scalars(named | {"dirac/distance": math.hypot(*values)})


class PhasePortrait(PeriodicCallback):
    """Phase portraits: the trajectory that `ParameterTracker` recorded over the gradient field."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        if not any(isinstance(callback, ParameterTracker) for callback in callbacks(trainer)):
            raise UserError("callbacks.phase draws what callbacks.parameters records: leave both, or set both to none")

    def run(self, trainer: Trainer, module: Module) -> None:
        if not trainer.is_global_zero:
            return
        series = Run.of(trainer).series()
        trajectory = torch.tensor([series[f"dirac/{name}"][1] for name in NAMES])  # (2, times)
        limit = 1.15 * trajectory.abs().max().item()
        batch = datamodule(trainer).examples(64, "train")
        on_device = batch._replace(images=batch.images.to(module.device), labels=batch.labels.to(module.device))
        field = gradient_field(module, on_device, limit)
        figure = phase_portrait(trajectory, *field, limit, f"{module.images_seen:,} examples seen")
        save_picture(trainer, module, "phase", figure.savefig)


def gradient_field(module: Module, batch: Batch, limit: float) -> tuple[Tensor, Tensor]:
    """Points of a square grid (N, 2), and minus the gradient of each player's own loss there (N, 2)."""
    line = torch.linspace(-limit, limit, CELLS)
    points = torch.cartesian_prod(line, line)
    devices = [module.device] if module.device.type == "cuda" else []
    with torch.random.fork_rng(devices), torch.enable_grad(), single_process(), restored_afterwards(module):
        return points, torch.stack([descent_direction(module, batch, point) for point in points])


@contextmanager
def restored_afterwards(module: Module) -> Iterator[None]:
    """Restore parameters and clock on exit; inside, the clock is at a round in which both players step."""
    parameters, batches_seen = game_parameters(module), module.batches_seen
    before = [parameter.detach().clone() for parameter in parameters]
    module.batches_seen = module.round_length - 1
    try:
        yield
    finally:
        module.batches_seen = batches_seen
        set_parameters(parameters, torch.stack(before))


def set_parameters(parameters: list[nn.Parameter], point: Tensor) -> None:
    with torch.no_grad():
        for parameter, value in zip(parameters, point, strict=True):
            parameter.copy_(value)


def descent_direction(module: Module, batch: Batch, point: Tensor) -> Tensor:
    """Minus the gradient of each player's own loss at `point`, (2,)."""
    parameters: dict[str, nn.Parameter] = dict(zip(PLAYERS, game_parameters(module), strict=True))
    set_parameters(list(parameters.values()), point)
    gradients = {}

    def evaluate(player: str, objective: Objective) -> Terms:
        terms = objective()
        gradients[player] = torch.autograd.grad(terms["loss"].mean(), parameters[player])[0].cpu()
        return terms

    take_steps(module.steps(batch), evaluate)
    return -torch.stack([gradients[player] for player in PLAYERS])
