"""Train one model on one data set, as one run in one folder."""

import errno
import logging
import os
import signal
import sys
import warnings
from datetime import UTC, datetime
from typing import Any

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.utilities import rank_zero_only
from pytorch_lightning.utilities.exceptions import MisconfigurationException, SIGTERMException

from genarium import facts
from genarium.errors import UserError
from genarium.module import Module
from genarium.prepare import built, prepare
from genarium.restore import load_checkpoint, load_weights
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
    if run.config.exists() or run.last.exists():  # a checkpoint alone would be gone on with, whatever made it
        raise UserError(
            f"{run.folder} already holds a run ({run.result().get('status', 'not started')}): choose another name=…, "
            f"go on with it by `genarium train resume={run.folder}`, or delete the folder"
        )


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
