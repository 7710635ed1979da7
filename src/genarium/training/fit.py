"""Train one model on one data set, as one run in one folder."""

import contextlib
import copy
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.utilities import rank_zero_only

from genarium.callbacks.checkpoints import Checkpoints
from genarium.callbacks.run_recorder import RunRecorder
from genarium.config.containers import as_dict
from genarium.data.content import check_content, keep_content
from genarium.distributed import ranks
from genarium.errors import UserError
from genarium.files import lock
from genarium.protocols import DataModule
from genarium.runs import environment
from genarium.runs.run import Run
from genarium.runs.trackers.check import check
from genarium.runs.trackers.folder import FolderLogger
from genarium.runs.trackers.mirror import Mirror
from genarium.training import precision
from genarium.training.begin import begin, nothing_left, refuse_to_overwrite, undone_unless
from genarium.training.build import built, prepare
from genarium.training.ending import explained, note
from genarium.training.module import Module


def train(
    config: DictConfig, run: Run, resume: bool = False, first: bool = True, more: Sequence[pl.Callback] = ()
) -> None:
    """Training of `config` into `run`'s folder; with `resume`, on from its last checkpoint.

    `first`: of the processes that share the run; the others only train. `more`: callbacks beside the configuration's.
    Raises UserError for what the user can mend; result.json then says `failed` and why, unless there was no step yet:
    then the folder is as it was.
    """
    quieten()
    if not first:
        return play(config, copy.deepcopy(config), run, resume=True, first=False, more=more)
    ranks.forget()
    rank_zero_only.rank = 0
    environment.forget_peaks()
    with lock.alone(run.folder):
        if not resume:
            refuse_to_overwrite(run)
        play(config, copy.deepcopy(config), run, resume, first=True, more=more)


def play(
    config: DictConfig, alive: DictConfig, run: Run, resume: bool, first: bool, more: Sequence[pl.Callback]
) -> None:
    """Build the parts of `config`, once its interpolations are resolved, and fit it; `alive` is kept with them."""
    trainer = config.trainer
    trainer.precision = alive.trainer.precision = precision.settled(trainer.precision, trainer.accelerator)
    OmegaConf.resolve(config)
    if first and config.logger:
        check(config.logger)
    pl.seed_everything(config.seed, verbose=False)
    look = partial(check_content, run) if resume and first else lambda data: None
    data, model = prepare(config, look, goes_on=run.last.exists())
    if resume and nothing_left(run, model, config):
        return
    trainer, start = built(config.trainer, "trainer", **fixed(config, run, more)), model.images_seen
    stepped = lambda: model.images_seen > start
    try:
        with undone_unless(stepped, run, resume) if first else contextlib.nullcontext():
            if first:
                begin(run, config, alive, start if run.last.exists() else -1)
                keep_content(run, data)
            fit(trainer, config, run, data, model, first)
            if not stepped():
                raise UserError(f"{run.folder} ended before its first step: leave out what stops the trainer")
    except BaseException as error:
        if first and stepped():
            note(error, run)
        raise explained(error, run, kept=resume or stepped()) from error


def quieten() -> None:
    """Silence Lightning's banners."""
    for name in ("pytorch_lightning", "lightning_fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric")
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    warnings.filterwarnings("ignore", message=".*functional.all_gather is deprecated.*")
    os.environ.setdefault("WANDB_SILENT", "true")
    torch.set_float32_matmul_precision("high")


def fixed(config: DictConfig, run: Run, more: Sequence[pl.Callback]) -> dict[str, Any]:
    """Arguments of every trainer: Genarium has its own checkpoints, progress and clock."""
    plugins = [built(part, "trainer.plugins") for part in config.trainer.get("plugins") or []]
    if not any(isinstance(plugin, ClusterEnvironment) for plugin in plugins):
        plugins.append(LightningEnvironment())  # and not what it would guess from a scheduler's variables
    callbacks = [built(part, "callbacks") for part in config.callbacks.values() if part] + [*more]
    callbacks.sort(key=lambda callback: (isinstance(callback, RunRecorder), isinstance(callback, Checkpoints)))
    return dict(
        plugins=plugins, callbacks=callbacks, logger=[FolderLogger(run)], default_root_dir=str(run.folder),
        min_epochs=0, max_epochs=1, num_sanity_val_steps=0, use_distributed_sampler=False, enable_checkpointing=False,
        enable_model_summary=False, enable_progress_bar=False,
    )  # fmt: skip


def fit(trainer: pl.Trainer, config: DictConfig, run: Run, data: DataModule, model: Module, first: bool) -> None:
    assert isinstance(data, pl.LightningDataModule)
    mirrors = mirrors_of(config, run) if first else []
    trainer.loggers = [*trainer.loggers, *mirrors]
    for mirror in mirrors:
        mirror.log_hyperparams(as_dict(config))
    try:
        with ranks_find(run):
            trainer.fit(model, data, ckpt_path=str(run.last) if run.last.exists() else None, weights_only=True)
    finally:
        for mirror in mirrors:
            mirror.close()


def mirrors_of(config: DictConfig, run: Run) -> list[Mirror]:
    """A mirror of the run's folder for each tracker that is asked for."""
    parts = {str(name): part for name, part in (config.logger or {}).items() if part}
    begin = lambda name: lambda: built(parts[name], f"logger.{name}", folder=str(run.folder))
    return [Mirror(name, begin(name)) for name in parts]


class ranks_find:
    """Context in which `sys.argv`, with which Lightning starts further processes, is a resume of the run's folder."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __enter__(self) -> None:
        self.argv, sys.argv = sys.argv, [sys.argv[0], "rank", str(self.run.folder)]

    def __exit__(self, *exception: object) -> None:
        sys.argv = self.argv
