"""A trained model from its run's folder, without a trainer."""

from pathlib import Path

import torch
from hydra.utils import instantiate

from genarium.config import compose
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.module import Module


def restore(run: Run, checkpoint: str = "last") -> Module:
    """The model with the weights, averages and clock of `last` or `best`, on the CPU; UserError where there is none."""
    if checkpoint not in ("last", "best"):
        raise UserError(f"checkpoint={checkpoint}: must be last or best")
    config = compose.load(run.config)
    path = run.checkpoint(checkpoint)
    model = instantiate(config.model)
    load_weights(model, load_checkpoint(path), path)
    return model


PARTS = ("state_dict", "optimizer_states", "callbacks", "random")
"""What every checkpoint of a run holds."""


def load_checkpoint(path: Path) -> dict:
    """Tensors and plain values only; a file that would run code on loading, or that is damaged, is refused."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(missing(path)) from None
    except Exception as error:
        why = "it is empty" if path.is_file() and not path.stat().st_size else " ".join(str(error).split())[:200]
        raise UserError(
            f"{path} is no checkpoint of tensors and plain values, so it was not loaded ({why}): {instead(path)}"
        ) from None
    if lost := [part for part in PARTS if not isinstance(found, dict) or part not in found]:
        raise UserError(f"{path} is no checkpoint of a run: it has no {lost[0]}; {instead(path)}")
    return found


def missing(path: Path) -> str:
    """Why there is no such checkpoint, and what there is."""
    if path.name == "best.ckpt" and path.with_name("last.ckpt").exists():
        return f"{path} does not exist: the number that it follows was never logged; take checkpoint=last"
    return f"{path} does not exist: the run has saved no such checkpoint yet"


def instead(path: Path) -> str:
    """Remedy for a checkpoint that cannot be used."""
    best = path.with_name("best.ckpt")
    if path.name == "best.ckpt":
        return "take checkpoint=last"
    return f"go back to the best one by `cp {best} {path}`" if best.exists() else "delete it to train from the start"


def load_weights(model: Module, checkpoint: dict, path: Path) -> None:
    """Weights, averages and the clock into `model`; UserError where they are another model's."""
    model.configure_model()
    try:
        model.load_state_dict(checkpoint["state_dict"])
    except (RuntimeError, KeyError) as error:
        first = " ".join(str(error).split())[:160]
        raise UserError(
            f"{path} holds another model than the run's configuration says ({first}): leave out what changes the "
            "model, or start a new run"
        ) from None
