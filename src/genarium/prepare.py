"""What a run is made of: built from its configuration, and checked before anything is written."""

import copy
import textwrap
from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl
import torch
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning.utilities.exceptions import MisconfigurationException
from torch import Tensor

from genarium.errors import UserError
from genarium.module import Module
from genarium.protocols import Batch, HasClassPrior, Reconstructs, Samples, SamplesClass


def prepare(
    config: DictConfig, look: Callable[[pl.LightningDataModule], None] = lambda data: None
) -> tuple[pl.LightningDataModule, Module]:
    """The data, packed and open, and the model: what can be wrong is found here, before a run's folder is written.

    `look` is shown the data as soon as they are open.
    """
    data, model = built(config.data.module, "data.module"), built(config.model, "model")
    model.configure_model()
    if config.data.get("labels_per_class") and not model.takes_few_labels:
        why = "needs the label of every image" if isinstance(model, SamplesClass) else "learns nothing from labels"
        raise UserError(
            f"{config.choices.model} {why}: leave data.labels_per_class=null, or choose model=gan_semisupervised, which"
            " learns from few"
        )
    data.budget, data.start = config.images, lambda: position(model.images_seen, config.images, data.batch_size)
    data.prepare_data()
    look(data)
    if data.classes != config.data.classes:
        raise UserError(f"{config.data.name} has {data.classes} classes here: set data.classes={data.classes}")
    if isinstance(model, HasClassPrior):
        model.class_prior.set(data.class_counts)
    data.train_dataloader()  # a batch that does not fit the set is refused here
    check_fit(model, data)
    return data, model


def position(seen: int, budget: int, batch_size: int) -> int:
    """Which batch of a run of `budget` images comes next: that many are left, also where earlier ones were larger or
    smaller."""
    return -(-budget // batch_size) - -(-(budget - seen) // batch_size)


def check_fit(model: Module, data: pl.LightningDataModule) -> None:
    """A few images through the model: batches and networks that do not go together are refused here."""
    size, count = data.batch_size, model.together
    if size < model.least_batch:
        raise UserError(
            f"{type(model).__name__} takes no step on a batch of {size}:"
            f" set data.batch_size={model.least_batch} or more"
        )
    if size % count:
        near = max(count, size - size % count)
        raise UserError(f"{size} images cannot be packed by {count}: set data.batch_size={near}, or another multiple")
    batch = data.examples(2 * count, "train")
    try:
        made = shown(model, batch)
        if made is not None and made.shape != batch.images.shape:
            raise UserError(
                f"the model makes images of {tuple(made.shape[1:])}, the data has {tuple(batch.images.shape[1:])}:"
                " choose other networks by model/…=, or other data by data="
            )
        rehearse(model, batch)
    except (RuntimeError, TypeError, AttributeError, ValueError, LookupError) as error:
        why = textwrap.shorten(str(error), 160, placeholder=" …")
        raise UserError(f"the model's parts do not go together ({why}): choose others by model/…=") from error


def shown(model: Module, batch: Batch) -> Tensor | None:
    """As many images as the batch has, reconstructed or sampled, where the model does either."""
    with model.evaluating(seed=0):
        if isinstance(model, Reconstructs):
            return model.reconstruct(batch.images)
        return model.sample(len(batch.images)) if isinstance(model, Samples) else None


def rehearse(model: Module, batch: Batch) -> None:
    """A round of a copy whose steps are not taken."""
    double = copy.deepcopy(model)
    double.descend = lambda player, terms: terms()
    double.batches_seen = getattr(double, "discriminator_steps", 1) - 1  # a round in which all step
    with torch.random.fork_rng([]):
        double.play(batch)


def built(part: DictConfig, key: str, **extra: object) -> Any:
    """What `part` of the configuration names, with `extra` arguments; UserError where it cannot be made."""
    try:
        return instantiate(part, **extra)
    except InstantiationException as error:
        cause = error.__cause__ or error
        if isinstance(cause, UserError):
            raise cause from None
        why, place = " ".join(str(cause).split()), str(error).rpartition("full_key: ")[2].strip() or key
        if isinstance(cause, MisconfigurationException):
            raise UserError(f"this machine cannot train so: {why}; choose another trainer=…") from None
        raise UserError(f"cannot build the run: {why}; check the keys of `{place}`") from None
