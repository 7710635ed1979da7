"""A trained model from its run's folder, without a trainer."""

from hydra.utils import instantiate

from genarium import compose
from genarium.errors import UserError
from genarium.module import Module
from genarium.runs import Run
from genarium.train import load_checkpoint, load_weights


def restore(run: Run, checkpoint: str = "last") -> Module:
    """The model with the weights, averages and clock of `last` or `best`, on the CPU; UserError where there is none."""
    if checkpoint not in ("last", "best"):
        raise UserError(f"checkpoint={checkpoint}: must be last or best")
    config = compose.load(run.config)
    path = getattr(run, checkpoint)
    model = instantiate(config.model)
    load_weights(model, load_checkpoint(path), path)
    return model
