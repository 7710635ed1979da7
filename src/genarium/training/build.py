"""Builds the parts of a run from its configuration, and checks them before anything is written."""

from collections.abc import Callable
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from lightning_fabric.utilities.exceptions import MisconfigurationException
from omegaconf import DictConfig

from genarium.errors import UserError
from genarium.protocols import DataModule, HasClassPrior, HasDomains, SamplesClass
from genarium.runs.run import Run
from genarium.training.initial_weights import start_from
from genarium.training.module import Module
from genarium.training.rehearsal import rehearse


def prepare(
    config: DictConfig, look: Callable[[DataModule], None] = lambda data: None, goes_on: bool = False
) -> tuple[DataModule, Module]:
    """The data, packed and open, and the model: what can be wrong is found here, before a run's folder is written.

    `look` is shown the data as soon as they are open; a run that `goes_on` takes its weights from its own checkpoint.
    """
    data: DataModule = built(config.data.module, "data.module")
    model: Module = built(config.model, "model")
    if config.get("init") and not goes_on:
        start_from(model, Run.open(config.init))
    model.configure_model()
    if config.data.get("labels_per_class") and not model.takes_few_labels:
        why = "needs the label of every image" if isinstance(model, SamplesClass) else "learns nothing from labels"
        raise UserError(
            f"{config.choices.model} {why}: leave data.labels_per_class=none, or choose model=classifier or"
            " model=gan_semisupervised, which learn from few"
        )
    check_pairs(model, data, config.choices.model)
    data.budget = config.total_images
    data.start = lambda: position(model.images_seen, config.total_images, data.batch_size)
    data.prepare_data()
    look(data)
    if data.classes != config.data.classes:
        raise UserError(f"{config.data.name} has {data.classes} classes here: set data.classes={data.classes}")
    if isinstance(model, HasClassPrior):
        model.class_prior.set(data.class_counts)
    data.train_dataloader()  # a batch that does not fit the set is refused here
    rehearse(model, data, config)
    return data, model


def check_pairs(model: Module, data: DataModule, name: str) -> None:
    """UserError where the model, called `name`, would be shown sources beside targets that are not their own."""
    if model.needs_pairs and isinstance(data, HasDomains) and not data.in_pairs:
        instead = "set data.unpaired=false, or " if data.knows_pairs else ""
        raise UserError(
            f"{name} learns from pairs, and these data come in none: {instead}choose model=cyclegan or model=cut"
        )


def position(seen: int, budget: int, batch_size: int) -> int:
    """Index of the next batch in a run of `budget` images, counted from its end: earlier ones may have been of another
    size."""
    return -(-budget // batch_size) - -(-(budget - seen) // batch_size)


def built(part: DictConfig, key: str, **extra: object) -> Any:
    """Object that `part` of the configuration names, with `extra` arguments; UserError where it cannot be built."""
    try:
        return instantiate(part, **extra)
    except InstantiationException as error:
        cause = error.__cause__ or error
        if isinstance(cause, UserError):
            raise cause from None
        why, place = " ".join(str(cause).split()), str(error).partition("full_key: ")[2].strip() or key
        if isinstance(cause, MisconfigurationException):
            raise UserError(f"this machine cannot train so: {why}; choose another trainer=…") from None
        raise UserError(f"cannot build the run: {why}; check the keys of `{place}`") from None
