"""Launch of workers through Hydra: on this machine, or by whatever launcher is chosen."""

import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.utils import JobReturn, JobStatus
from hydra.errors import HydraException, MissingConfigException

from genarium.config import compose, conf_groups
from genarium.config.grammar import quoted
from genarium.errors import UserError, nearest
from genarium.studies.launchers import LAUNCHERS, require_launcher, words_of
from genarium.studies.open_queue import open_queue
from genarium.studies.settled import Settled, until_settled

SWEEPERS = ("workers", "optuna")
HERE = "workers"
"""The launcher of processes on this machine."""
STARTS = 3
"""How often a launcher of another package may give up."""
PAUSE = 1.0  # seconds


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
    them have ended. An error of a job is raised; a launcher that gives up, since a worker was killed, starts again."""
    held, name = open_queue(queue), launcher_of(words)
    words = [
        *words_of(name, workers), *words,
        f"hydra.sweeper.queue={quoted(str(queue))}", f"hydra.sweeper.workers={workers}",
        f"hydra.sweep.dir={quoted(str(queue))}", "hydra.sweep.subdir='job-${hydra.job.num}'", "logger=none",
    ]  # fmt: skip
    if name not in LAUNCHERS:
        raise_errors(multirun(words, task))
        return
    for left in reversed(range(STARTS)):
        try:
            with until_settled(held):
                done = multirun(words, task)
            return raise_errors(done)
        except Settled:
            return
        except LauncherError as error:
            print(f"hydra/launcher={name} gave up: {error}", file=sys.stderr)
            if not left:
                raise UserError(f"hydra/launcher={name} gave up {STARTS} times: {error}") from error
        while held.running():
            time.sleep(PAUSE)
        if len(held.settled()) >= held.total:
            return


class LauncherError(Exception):
    """What a launcher raised, in one line."""


def multirun(words: Sequence[str], task: Callable[[Any], None]) -> Sequence[JobReturn]:
    compose.register()
    logging.getLogger("submitit").setLevel(logging.ERROR)  # it warns at each look at a SLURM without accounting
    with initialize_config_dir(str(conf_groups.conf_dir()), version_base="1.3"):
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        try:
            return hydra.multirun("train", task, list(words))
        except MissingConfigException as error:
            raise UserError(compose.missing_option(error)) from None
        except (UserError, Settled, HydraException):
            raise
        except Exception as error:  # whatever a launcher raises where a worker is killed
            raise LauncherError(next(iter(str(error).splitlines()), type(error).__name__)) from error


def raise_errors(done: Sequence[JobReturn]) -> None:
    for one in done:
        if one.status == JobStatus.FAILED:
            one.return_value  # noqa: B018 -- raises what the job raised
