"""Rehearsal of a run on a copy, before anything is written: batches, losses, optimizers, splits, monitored numbers."""

import copy
import math
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from omegaconf import DictConfig
from torch import Tensor

from genarium.errors import UserError, nearest
from genarium.protocols import Batch, DataModule, Encodes, Infers, Reconstructs, Samples, Scores, Translates
from genarium.training.module import Module
from genarium.training.steps import Objective, Terms, take_steps

UNFIT = (RuntimeError, TypeError, AttributeError, ValueError, LookupError, ArithmeticError)
"""Exceptions of parts that do not go together."""
PERIOD = 8
"""Batches that differ by multiples of this, and hold as many or more, are alike: pairs, halves, groups of four."""
DEFAULT_BEST = "val/loss"
"""What best.ckpt follows unless another number is named: models that are not scored have no best, which is said."""
HELD_OUT = {"validate": Scores, "rates": Infers, "reconstructions": Reconstructs, "traversals": Encodes}
HELD_OUT |= {"interpolations": Encodes, "translations": Translates}
"""Callback -> what a model must offer for it to ask for held-out images."""
MEASURED = {"evaluate": "selection/", "modes": "modes/", "parameters": "dirac/", "rates": "latents/"}
"""Callback -> what the names of its numbers begin with; which ones is known when they are measured."""


def rehearse(model: Module, data: DataModule, config: DictConfig) -> None:
    """Dry run of a training step and a validation; UserError for what would end the run there."""
    size, batch_multiple = data.batch_size, model.batch_multiple
    if size < model.least_batch:
        kind, least = type(model).__name__, model.least_batch
        raise UserError(f"{kind} takes no step on a batch of {size}: set data.batch_size={least} or more")
    if size % batch_multiple:
        near = max(batch_multiple, size - size % batch_multiple)
        raise UserError(
            f"{size} images cannot be packed by {batch_multiple}: set data.batch_size={near}, or another multiple"
        )
    check_splits(model, data, config.callbacks)
    check_shapes(model, data.examples(2 * batch_multiple, "train"))
    names = check_batches(model, data, alike(size, batch_multiple))
    check_optimizers(model)
    check_monitors(config, names)


def check_splits(model: Module, data: DataModule, callbacks: DictConfig) -> None:
    """Every split that a callback will ask for has images."""
    splits = {"val" for name, kind in HELD_OUT.items() if callbacks.get(name) and isinstance(model, kind)}
    if measured := callbacks.get("evaluate"):
        splits |= {measured.evaluation.reference_split, measured.evaluation.heldout_split}
    for split in sorted(splits):
        data.split_indices(split)


def check_shapes(model: Module, batch: Batch) -> None:
    """Images reconstructed, translated or sampled, where the model does so, are of the data's shape."""
    with refusing_unfit_parts(), model.evaluating(seed=0):
        made: Tensor | None = None
        if isinstance(model, Reconstructs):
            made = model.reconstruct(batch.images)
        elif isinstance(model, Translates):
            made = model.translate(translatable(model, batch))
        elif isinstance(model, Samples):
            made = model.sample(len(batch.images))
    if made is not None and made.shape != batch.images.shape:
        raise UserError(
            f"the model makes images of {tuple(made.shape[1:])}, the data has {tuple(batch.images.shape[1:])}:"
            " choose other networks by model/…=, or other data by data="
        )


def translatable(model: Translates, batch: Batch) -> Tensor:
    """The sources of a batch for `model`."""
    sources = model.paired(batch).sources
    assert sources is not None
    return sources


def alike(size: int, batch_multiple: int) -> int:
    """The smallest batch of PERIOD or more that halves, pairs and packs as one of `size` does; a small one as it is."""
    period = math.lcm(PERIOD, batch_multiple)
    return size if size < 2 * period else period + size % period


def check_batches(model: Module, data: DataModule, size: int) -> set[str]:
    """A round on a batch of `size`. -> the names of the numbers that training will log."""
    try:
        return played(model, data.examples(size, "train"))
    except UNFIT as error:
        for more in range(size + model.batch_multiple, 2 * PERIOD + 1, model.batch_multiple):
            if works(lambda more=more: played(model, data.examples(more, "train"))):
                raise UserError(
                    f"a batch of {size} is too small or does not divide ({reason(error)}): set data.batch_size={more}"
                ) from error
        raise unfit(error) from error


def played(model: Module, batch: Batch) -> set[str]:
    """A round of a copy whose steps are not taken; ValueError where a loss or its slope is no number."""
    double, names = copy.deepcopy(model), set()

    def evaluate(player: str, objective: Objective) -> Terms:
        terms = objective()
        loss = terms["loss"].mean()
        loss.backward()
        slopes = [p.grad for p in double.networks()[player].parameters() if p.grad is not None]
        if not all(torch.isfinite(part).all() for part in (loss, *slopes)):
            raise ValueError(f"the loss of {player}, or its slope, is no number")
        names.update(f"train/{player}/{name}" if len(double.players) > 1 else f"train/{name}" for name in terms)
        return terms

    double.batches_seen = double.round_length - 1  # a round in which all step
    with torch.random.fork_rng([]):
        take_steps(double.steps(batch), evaluate)
        if isinstance(double, Scores):
            with double.evaluating(seed=0):
                names.update(f"val/{name}" for name in double.terms(batch))
    return names


def check_optimizers(model: Module) -> None:
    try:
        copy.deepcopy(model).configure_optimizers()
    except UNFIT as error:
        place = "model.optimizers.PLAYER.optimizer"
        raise UserError(f"an optimizer cannot be made ({reason(error)}): check the keys of {place}") from error


def check_monitors(config: DictConfig, names: set[str]) -> None:
    """Numbers that a callback follows are logged, as far as that can be known."""
    callbacks = config.callbacks
    known = {name for name in names if callbacks.get("validate") or not name.startswith("val/")}
    measured = tuple(start for key, start in MEASURED.items() if callbacks.get(key))
    for key, part in callbacks.items():
        monitor = part.get("monitor") if part else None
        if monitor is None or monitor in known or monitor.startswith((*measured, "gradient_norm/", "learning_rate/")):
            continue
        if monitor != DEFAULT_BEST or key != "checkpoints":
            some = sorted(name for name in known if name.startswith("val/")) or sorted(known)
            raise UserError(f"callbacks.{key}.monitor={monitor}: no such number is logged{nearest(monitor, some)}")


def works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except UNFIT:
        return False
    return True


@contextmanager
def refusing_unfit_parts() -> Iterator[None]:
    """Context in which exceptions of parts that do not go together become a UserError."""
    try:
        yield
    except UNFIT as error:
        raise unfit(error) from error


def unfit(error: BaseException) -> UserError:
    return UserError(f"the model's parts do not go together ({reason(error)}): choose others by model/…=")


def reason(error: BaseException) -> str:
    return textwrap.shorten(str(error), 160, placeholder=" …")
