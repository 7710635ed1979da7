"""Callbacks that draw grids of images, at fixed codes and fixed held-out images: samples and reconstructions."""

from functools import partial

import torch
from pytorch_lightning import Trainer
from torch import Tensor

from genarium.callbacks.attached import datamodule
from genarium.callbacks.periodic import PeriodicCallback
from genarium.callbacks.save_picture import save_picture
from genarium.plots.grid import beneath, grid
from genarium.protocols import Reconstructs, Samples
from genarium.training.module import Module

SEED = 0
"""Of the codes in pictures: one for all runs and times, so that pictures compare."""


def fixed_codes(count: int, dim: int) -> Tensor:
    """Fixed standard normal codes, (count, Z)."""
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(SEED))


class Picture(PeriodicCallback):
    """Periodic picture: a grid of images before training, every so many images, and at the end."""

    kind: str

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        if module.images_seen == 0:
            self.run(trainer, module)

    def run(self, trainer: Trainer, module: Module) -> None:
        if not trainer.is_global_zero or not self.can_draw(module):
            return
        with module.evaluating(SEED):
            drawn = self.draw(trainer, module)
        if drawn is not None:
            save_picture(trainer, module, self.kind, partial(grid(*drawn).save, format="PNG"))

    def can_draw(self, module: Module) -> bool:
        raise NotImplementedError

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int] | None:
        """Images (N, C, R, R) in [-1, 1] and the number of columns; None where too few images are held out."""
        raise NotImplementedError


def heldout_images(trainer: Trainer, module: Module, count: int) -> Tensor:
    """Held-out images, (count, C, R, R) or as many as there are; the same ones each time."""
    return datamodule(trainer).examples(count, "val").images.to(module.device)


class SamplePictures(Picture):
    """Samples at fixed codes."""

    kind = "samples"

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Samples)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int]:
        assert isinstance(module, Samples)
        generator = torch.Generator(module.device).manual_seed(SEED)
        return module.sample(self.count, generator), round(self.count**0.5)


class ReconstructionPictures(Picture):
    """Pairs of rows: held-out images, and below each its reconstruction."""

    kind = "reconstructions"
    columns = 8

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Reconstructs)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int]:
        assert isinstance(module, Reconstructs)
        x = heldout_images(trainer, module, self.count)
        columns = min(self.columns, len(x))
        return beneath(x, module.reconstruct(x), columns=columns), columns
