"""A trained model from its run's folder, without a trainer."""

from pathlib import Path

import torch
from hydra.utils import instantiate

from genarium import compose
from genarium.errors import UserError
from genarium.module import Module
from genarium.runs import Run


def restore(run: Run, checkpoint: str = "last") -> Module:
    """The model with the weights, averages and clock of `last` or `best`, on the CPU; UserError where there is none."""
    if checkpoint not in ("last", "best"):
        raise UserError(f"checkpoint={checkpoint}: must be last or best")
    config = compose.load(run.config)
    path = getattr(run, checkpoint)
    model = instantiate(config.model)
    load_weights(model, load_checkpoint(path), path)
    return model


def load_checkpoint(path: Path) -> dict:
    """Tensors and plain values only; a file that would run code on loading is refused."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist: the run has saved no such checkpoint yet") from None
    except Exception as error:
        why = " ".join(str(error).split())[:200]
        raise UserError(f"{path} is no checkpoint of tensors and plain values, so it was not loaded: {why}") from None


def load_weights(model: Module, checkpoint: dict, path: Path) -> None:
    """Weights, averages and the clock into `model`; UserError where they are another model's."""
    model.configure_model()
    try:
        model.load_state_dict(checkpoint["state_dict"])
    except (RuntimeError, KeyError) as error:
        first = " ".join(str(error).split())[:160]
        raise UserError(f"{path} holds another model than the run's config.yaml says: {first}") from None
