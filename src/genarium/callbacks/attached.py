"""What Lightning attaches to a trainer without declaring it."""

from pytorch_lightning import Callback, Trainer

from genarium.protocols import DataModule


def datamodule(trainer: Trainer) -> DataModule:
    """The data that `trainer` is fitting to."""
    return trainer.datamodule  # pyright: ignore[reportAttributeAccessIssue] -- set by Trainer.fit


def callbacks(trainer: Trainer) -> list[Callback]:
    """All callbacks of `trainer`."""
    return trainer.callbacks  # pyright: ignore[reportAttributeAccessIssue] -- set by Trainer's callback connector
