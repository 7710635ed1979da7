"""Train one model on one data set, as one run in one folder."""

import errno
import logging
import os
import signal
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.utilities import rank_zero_only
from pytorch_lightning.utilities.exceptions import MisconfigurationException, SIGTERMException

from genarium import facts
from genarium.errors import UserError
from genarium.module import Module
from genarium.protocols import Reconstructs, Samples, SamplesClass
from genarium.runs import Run, write_atomically
from genarium.tracking import FolderLogger, Tracker


def train(config: DictConfig, run: Run, resume: bool = False) -> None:
    """Train what `config` says into `run`'s folder; with `resume`, on from its last checkpoint.

    Raises UserError for what the user can mend; result.json then says `failed` and why, unless nothing was written yet.
    """
    quieten()
    first = rank_zero_only.rank == 0
    if first and not resume:
        refuse_to_overwrite(run)
    OmegaConf.resolve(config)
    if config.trainer.precision == "auto":
        config.trainer.precision = facts.best_precision(config.trainer.accelerator)
    pl.seed_everything(config.seed, verbose=False)
    data, model = prepare(config)
    check_resumable(run, model, config, resume)
    trainer = built(config.trainer, "trainer", **fixed(config, run))
    if first:
        begin(run, config)
    try:
        fit(trainer, config, run, data, model)
    except BaseException as error:
        if first:
            run.update_result(**ending(error))
        raise explained(error, run) from error


def quieten() -> None:
    """Lightning's banners are for its developers; what a user needs to know, Genarium says itself."""
    for name in ("pytorch_lightning", "lightning_fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric")
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    os.environ.setdefault("WANDB_SILENT", "true")
    torch.set_float32_matmul_precision("high")


def refuse_to_overwrite(run: Run) -> None:
    if run.config.exists():
        raise UserError(
            f"{run.folder} already holds a run ({run.result().get('status', 'not started')}): choose another name=…, "
            f"go on with it by `genarium train resume={run.folder}`, or delete the folder"
        )


def prepare(config: DictConfig) -> tuple[pl.LightningDataModule, Module]:
    """The data, packed and open, and the model: what can be wrong is found here, before a run's folder is written."""
    data, model = built(config.data.module, "data.module"), built(config.model, "model")
    model.configure_model()
    if isinstance(model, SamplesClass) and config.data.get("labels_per_class"):
        raise UserError(
            f"{config.choices.model} needs the label of every image: leave data.labels_per_class=null, or choose"
            " model=gan_semisupervised, which learns from few"
        )
    data.budget, data.start = config.images, lambda: model.batches_seen
    data.prepare_data()
    if data.classes != config.data.classes:
        raise UserError(f"{config.data.name} has {data.classes} classes here: set data.classes={data.classes}")
    data.train_dataloader()  # a batch that does not fit the set is refused here
    check_fit(model, data)
    return data, model


def check_fit(model: Module, data: pl.LightningDataModule) -> None:
    """Two images through the model: networks that do not go together are refused here."""
    images = data.examples(2, "train").images
    try:
        with model.evaluating(seed=0):
            if isinstance(model, Reconstructs):
                made = model.reconstruct(images)
            elif isinstance(model, Samples):
                made = model.sample(2)
            else:
                return
    except RuntimeError as error:
        why = " ".join(str(error).split())[:120]
        raise UserError(f"the model's networks do not go together ({why}): choose others by model/…=") from None
    if made.shape != images.shape:
        raise UserError(
            f"the model makes images of {tuple(made.shape[1:])}, the data has {tuple(images.shape[1:])}: choose other"
            " networks by model/…="
        )


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


def check_resumable(run: Run, model: Module, config: DictConfig, resume: bool) -> None:
    """Load the checkpoint's weights once, so that one of another model, or one that carries code, is refused here."""
    if not resume or not run.last.exists():
        return
    checkpoint = load_checkpoint(run.last)
    load_weights(model, checkpoint, run.last)
    if model.images_seen >= config.images:
        raise UserError(
            f"{run.folder} has already seen its {model.images_seen:,} images: "
            f"raise the budget with images={2 * model.images_seen} to train it further"
        )


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


def begin(run: Run, config: DictConfig) -> None:
    """The folder as it stands before the first batch; on a resume, as it stood at the checkpoint."""
    write_atomically(run.config, OmegaConf.to_yaml(config).encode())
    images = load_checkpoint(run.last)["state_dict"]["_extra_state"]["images"] if run.last.exists() else -1
    if run.metrics.exists():
        run.rewind(images)
    run.update_result(
        status="running", error=None, name=config.name, group=config.group, **config.choices, seed=config.seed,
        images=config.images, started=datetime.now(UTC).isoformat(timespec="seconds"), git=facts.git(),
        versions=facts.versions(), pid=os.getpid(),
    )  # fmt: skip


def fixed(config: DictConfig, run: Run) -> dict[str, Any]:
    """What every trainer is made with: Genarium has its own checkpoints, progress and clock."""
    return dict(
        callbacks=[built(part, "callbacks") for part in config.callbacks.values() if part],
        logger=[FolderLogger(run)], default_root_dir=str(run.folder), min_epochs=0, max_epochs=1,
        num_sanity_val_steps=0, use_distributed_sampler=False, enable_checkpointing=False,
        enable_model_summary=False, enable_progress_bar=False,
    )  # fmt: skip


def fit(trainer: pl.Trainer, config: DictConfig, run: Run, data: pl.LightningDataModule, model: Module) -> None:
    tracker = [built(config.logger, "logger", folder=str(run.folder))] if config.logger else []
    trainer.loggers = [*trainer.loggers, *tracker]
    for logger in tracker:
        logger.log_hyperparams(OmegaConf.to_container(config))
    try:
        with ranks_find(run):
            trainer.fit(model, data, ckpt_path=str(run.last) if run.last.exists() else None, weights_only=True)
    finally:
        for logger in tracker:
            finish(logger)


class ranks_find:
    """While it lasts, `sys.argv` is what Lightning starts further processes with: the run's folder, not a sweep."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __enter__(self) -> None:
        self.argv, sys.argv = sys.argv, [sys.argv[0], "rank", str(self.run.folder)]

    def __exit__(self, *exception: object) -> None:
        sys.argv = self.argv


@rank_zero_only
def finish(logger: Tracker) -> None:
    """Ends the W&B run, so that the next job of a sweep starts its own, and says where it is."""
    print(logger.whereabouts(), file=sys.stderr)
    logger.experiment.finish()


def ending(error: BaseException) -> dict[str, str]:
    """How result.json tells of a run that did not finish."""
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return {"status": "interrupted", "error": type(error).__name__}
    return {"status": "failed", "error": " ".join(str(error).split()) or type(error).__name__}


def explained(error: BaseException, run: Run) -> BaseException:
    """A user's mistake as UserError; anything else as it is."""
    if isinstance(error, SIGTERMException):
        print(f"interrupted, and saved: go on by `genarium train resume={run.folder}`", file=sys.stderr)
        return SystemExit(128 + signal.SIGTERM)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return UserError(f"the disk is full: free some space, then go on by `genarium train resume={run.folder}`")
    if isinstance(error, MisconfigurationException):
        return UserError(f"this machine cannot train so: {' '.join(str(error).split())}; choose another trainer=…")
    return error
