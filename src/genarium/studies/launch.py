"""Launch of workers through Hydra: on this machine, or by whatever launcher is chosen."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.utils import JobStatus
from hydra.errors import MissingConfigException

from genarium.config import compose
from genarium.config.overrides import quoted
from genarium.errors import UserError, nearest
from genarium.studies.launchers import LAUNCHERS, require_launcher, words_of

SWEEPERS = ("workers", "optuna")
HERE = "workers"
"""The launcher of processes on this machine."""


def launcher_of(words: Sequence[str]) -> str:
    """The chosen one: workers, basic, joblib, submitit_local, submitit_slurm, ray; UserError where its package is not
    installed."""
    named = [word.partition("=")[2] for word in words if word.startswith("hydra/launcher=")]
    name = named[-1] if named else HERE
    if name not in (HERE, "basic", *LAUNCHERS):
        raise UserError(f"there is no hydra/launcher '{name}'{nearest(name, [HERE, 'basic', *LAUNCHERS])}")
    require_launcher(name)
    return name


def check_sweeper(words: Sequence[str]) -> None:
    """UserError for a sweeper that there is not."""
    for name in (word.partition("=")[2] for word in words if word.startswith("hydra/sweeper=")):
        if name not in SWEEPERS:
            raise UserError(f"there is no hydra/sweeper '{name}'{nearest(name, SWEEPERS)}")


def launch(queue: Path, words: Sequence[str], workers: int, task: Callable[[Any], None]) -> None:
    """`workers` equal jobs, by the sweeper and launcher that `words` choose, each of which runs `task`; until all of
    them have ended. An error of a job is raised."""
    compose.register()
    words = [
        *words_of(launcher_of(words), workers), *words,
        f"hydra.sweeper.queue={quoted(str(queue))}", f"hydra.sweeper.workers={workers}",
        f"hydra.sweep.dir={quoted(str(queue))}", "hydra.sweep.subdir='job-${hydra.job.num}'", "logger=none",
    ]  # fmt: skip
    with initialize_config_dir(str(compose.conf_dir()), version_base="1.3"):
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        try:
            done = hydra.multirun("train", task, words)
        except MissingConfigException as error:
            raise UserError(compose.missing_option(error)) from None
    for one in done:
        if one.status == JobStatus.FAILED:
            one.return_value  # noqa: B018 -- raises what the job raised
