"""Callbacks for mixtures of Gaussians in the plane: mode coverage, and pictures of the points."""

import torch
from pytorch_lightning import Trainer
from torch import Tensor

from genarium.callbacks.attached import datamodule
from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.save_picture import save_picture
from genarium.errors import UserError
from genarium.evaluation.contracts import PointData
from genarium.metrics.mode_coverage import mixture_modes
from genarium.plots.toy_2d import SEED, toy_2d_portrait
from genarium.protocols import Samples
from genarium.training.module import Module


def sample_points(module: Module, count: int) -> Tensor:
    """Samples from fixed codes, (count, 2)."""
    assert isinstance(module, Samples)
    with module.evaluating(SEED):
        return module.sample(count, torch.Generator(module.device).manual_seed(SEED)).flatten(1).cpu()


class PlaneCallback(PeriodicCallback):
    """Periodic callback that requires points of a plane."""

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        data = datamodule(trainer)
        if not isinstance(data, PointData) or data.centers.shape[1] != 2:
            raise UserError("callbacks=toy_2d is for points of a plane: choose data=mixture_grid, or other callbacks")


class Modes(PlaneCallback):
    """Mode coverage: `modes/covered`, modes with a sample, and `modes/high_quality_fraction`, samples near a mode."""

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def run(self, trainer: Trainer, module: Module) -> None:
        data = datamodule(trainer)
        if not isinstance(module, Samples) or not isinstance(data, PointData):
            return
        centers = torch.from_numpy(data.centers).float()
        modes = mixture_modes(generated=sample_points(module, self.count), centers=centers, sd=data.sd)
        module.log_scalars(
            {"modes/covered": modes["modes_covered"], "modes/high_quality_fraction": modes["high_quality_fraction"]}
        )


class PointPictures(PlaneCallback):
    """Pictures of real points, samples, and the discriminator's logits."""

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
        real = datamodule(trainer).examples(self.count, "val").images.flatten(1)
        figure = toy_2d_portrait(module, real, sample_points(module, self.count))
        save_picture(trainer, module, "points", figure.savefig)
