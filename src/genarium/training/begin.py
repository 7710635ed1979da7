"""Preparation of a run's folder before the first step, and its restoration where training fails before one."""

import contextlib
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from omegaconf import DictConfig

from genarium.config import recipe
from genarium.errors import UserError
from genarium.files import lock
from genarium.files.atomic import write_atomically
from genarium.runs import environment
from genarium.runs.run import Run
from genarium.training.checkpoint import load_checkpoint, load_weights
from genarium.training.module import Module

OWN = (
    "config.yaml",
    "recipe.yaml",
    "metrics.csv",
    "result.json",
    "checkpoints",
    "pictures",
    "tables",
    "wandb",
    "tensorboard",
    "mlflow",
    ".result.lock",
)
"""What a run leaves in its folder."""


def refuse_to_overwrite(run: Run) -> None:
    if run.config.exists() or run.last.exists():  # a checkpoint alone would be gone on with, whatever made it
        raise UserError(
            f"{run.folder} already holds a run ({run.status()}): choose another name=…, "
            f"go on with it by `genarium train resume={shlex.quote(str(run.folder))}`, or delete the folder"
        )


def nothing_left(run: Run, model: Module, config: DictConfig) -> bool:
    """Whether the run was cut after its last step. The checkpoint's weights are loaded once, so that those of another
    model, or a file that carries code, are refused here."""
    run.rows()
    status = run.status()
    if not run.last.exists():
        return False
    load_weights(model, load_checkpoint(run.last), run.last)
    if model.images_seen < config.total_images:
        return False
    if status != "finished":
        run.update_result(status="finished", error=None, images_seen=model.images_seen, stopped_early=False)
        return True
    raise UserError(
        f"{run.folder} has already seen its {model.images_seen:,} images: "
        f"raise the budget with total_images={2 * model.images_seen} to train it further"
    )


def begin(run: Run, config: DictConfig, alive: DictConfig, images: int) -> None:
    """Write the folder's first files; on a resume, rewind its record to the checkpoint, `images` seen."""
    recipe.keep(run, config, alive)
    if run.metrics.exists():
        run.rewind(images)
    who = lock.this_process()
    run.update_result(
        status="running", error=None, name=config.name, group=config.group, **config.choices, seed=config.seed,
        total_images=config.total_images, started=who["since"], git=environment.git(), versions=environment.versions(),
        pid=who["pid"], host=who["host"],
    )  # fmt: skip


@contextlib.contextmanager
def undone_unless(stepped: Callable[[], bool], run: Run, resume: bool) -> Iterator[None]:
    """Restores the folder where training fails before the first step: removes a new run, or resets an older one's
    configuration."""
    files = [run.config, run.recipe, run.record]
    before = {file: file.read_bytes() for file in files if file.is_file()}
    there = {path.name for path in run.folder.glob("*")}
    try:
        yield
    except BaseException:
        if not stepped():
            for name in OWN if not resume else ():
                if name not in there:
                    remove(run.folder / name)
            for file, content in before.items():
                if file.read_bytes() != content:
                    write_atomically(file, content)
        raise


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
