"""Pictures of a run: saved in its folder and shown by the trackers that mirror it."""

import io
from collections.abc import Callable
from typing import BinaryIO

from pytorch_lightning import Trainer

from genarium.files.atomic import write_atomically
from genarium.runs.run import Run
from genarium.runs.trackers.mirror import Mirror
from genarium.training.module import Module


def save_picture(trainer: Trainer, module: Module, kind: str, write: Callable[[BinaryIO], object]) -> None:
    """Save the PNG that `write` writes as pictures/<kind>, stamped with the images seen."""
    path, png = Run.of(trainer).picture(kind, module.images_seen), io.BytesIO()
    write(png)
    write_atomically(path, png.getvalue())
    for logger in trainer.loggers:
        if isinstance(logger, Mirror):
            logger.log_picture(kind, str(path), module.images_seen)
