"""What a model makes of a mixture of Gaussians in the plane: its modes counted, and a picture."""

from typing import Protocol, runtime_checkable

import torch
from matplotlib.figure import Figure
from pytorch_lightning import Trainer
from torch import Tensor

from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.save_picture import save_picture
from genarium.distributed.world import single_process
from genarium.errors import UserError
from genarium.metrics.mode_coverage import mixture_modes
from genarium.protocols import Samples
from genarium.training.module import Module

SEED = 0
REACH, CELLS = 1.1, 24


@runtime_checkable
class Judges(Protocol):
    def logits_of(self, x: Tensor) -> Tensor:
        """Logits (B,)."""


def made(module: Module, count: int) -> Tensor:
    """The same codes' points every time, (count, 2)."""
    with module.evaluating(SEED):
        return module.sample(count, torch.Generator(module.device).manual_seed(SEED)).flatten(1).cpu()


class OfPlane(PeriodicCallback):
    """For points of a plane alone."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        centers = getattr(trainer.datamodule, "centers", None)
        if centers is None or centers.shape[1] != 2:
            raise UserError("callbacks=toy_2d is for points of a plane: choose data=mixture_grid, or other callbacks")


class Modes(OfPlane):
    """`modes/…`: how many modes have a sample, and how many samples have a mode."""

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def run(self, trainer: Trainer, module: Module) -> None:
        if not isinstance(module, Samples):
            return
        data = trainer.datamodule
        centers = torch.from_numpy(data.centers).float()
        found = mixture_modes(generated=made(module, self.count), centers=centers, sd=data.sd)
        module.log_scalars(
            {"modes/covered": found["modes_covered"], "modes/high_quality_fraction": found["high_quality_fraction"]}
        )


class PointPictures(OfPlane):
    """Real points, samples, and the slope of the discriminator: where it sends samples."""

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        super().on_train_start(trainer, module)
        if module.images_seen == 0:
            self.run(trainer, module)

    def run(self, trainer: Trainer, module: Module) -> None:
        if not trainer.is_global_zero or not isinstance(module, Samples):
            return
        real = trainer.datamodule.examples(self.count, "val").images.flatten(1)
        save_picture(trainer, module, "points", draw(module, real, made(module, self.count)).savefig)


def draw(module: Module, real: Tensor, generated: Tensor) -> Figure:
    """Points (N, 2) of both kinds over what the discriminator, where there is one, makes of the plane: the darker, the
    more real; arrows show its slope."""
    figure = Figure(figsize=(5, 5.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    if isinstance(module, Judges):
        places, logits, slope = field(module)
        across = places[:, 0].reshape(CELLS, CELLS), places[:, 1].reshape(CELLS, CELLS)
        axes.contourf(*across, logits.reshape(CELLS, CELLS), levels=12, cmap="Greys", alpha=0.4)
        axes.quiver(*places.T, *slope.T, color="0.4", width=0.002)
    axes.scatter(*real.T, s=4, color="#1f77b4", alpha=0.5, label="real")
    axes.scatter(*generated.T, s=4, color="#d62728", alpha=0.5, label="generated")
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    axes.set_title(f"{module.images_seen:,} points seen")
    figure.legend(loc="outside lower center", ncols=2, markerscale=3, frameon=False)
    return figure


def field(module: Judges) -> tuple[Tensor, Tensor, Tensor]:
    """Places on a square grid (N, 2), the discriminator's logits (N,), and their slope (N, 2). Where it judges packs,
    each is of one place alone; where it compares the points of a batch, they are the grid's."""
    line = torch.linspace(-REACH, REACH, CELLS)
    places = torch.stack(torch.meshgrid(line, line, indexing="xy"), 2).reshape(-1, 2)
    with module.evaluating(SEED), torch.enable_grad(), single_process():
        x = places[:, :, None, None].to(module.device).requires_grad_()
        logits = module.logits_of(x)
        (slope,) = torch.autograd.grad(logits.sum(), x)
    return places, logits.detach().cpu(), slope.flatten(1).cpu()
