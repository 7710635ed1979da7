"""Callback that draws translations of held-out images."""

from pytorch_lightning import Trainer
from torch import Tensor

from genarium.callbacks.attached import datamodule
from genarium.callbacks.pictures import Picture
from genarium.plots.grid import beneath
from genarium.protocols import Translates
from genarium.training.module import Module


class TranslationPictures(Picture):
    """Before and after: a row of held-out sources, below it what the model makes of them, and below that the targets.
    The same ones each time, holes and all."""

    kind = "translations"
    columns = 8

    def __init__(self, every: int, count: int) -> None:
        super().__init__(every)
        self.count = count

    def can_draw(self, module: Module) -> bool:
        return isinstance(module, Translates)

    def draw(self, trainer: Trainer, module: Module) -> tuple[Tensor, int]:
        assert isinstance(module, Translates)
        batch = datamodule(trainer).examples(self.count, "val")
        moved = [None if part is None else part.to(module.device) for part in (batch.images, batch.sources)]
        batch = module.paired(batch._replace(images=moved[0], sources=moved[1]))
        assert batch.sources is not None
        made, columns = module.translate(batch.sources), min(self.columns, len(batch.images))
        shown = batch.sources[:, : batch.images.shape[1]]
        return beneath(shown, made, batch.images, columns=columns), columns
