"""Launch of workers through Hydra: on this machine, or by whatever launcher is chosen."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.core.utils import JobStatus
from hydra.errors import MissingConfigException
from hydra.plugins.config_source import ConfigLoadError

from genarium.config import compose
from genarium.config.overrides import quoted
from genarium.errors import UserError, nearest

PACKAGES = {
    "joblib": "joblib", "submitit_local": "slurm", "submitit_slurm": "slurm", "ray": "ray", "ray_aws": "ray",
}  # fmt: skip
"""Launchers of other packages, and the extra of Genarium that brings each."""
CLUSTERS = ("submitit_slurm", "ray", "ray_aws")
HERE = "workers"
"""The launcher of processes on this machine."""


def launcher_of(words: Sequence[str]) -> str:
    """The chosen one: workers, basic, joblib, submitit_local, submitit_slurm, ray; UserError where its package is not
    installed."""
    named = [word.partition("=")[2] for word in words if word.startswith("hydra/launcher=")]
    name = named[-1] if named else HERE
    if name in PACKAGES:
        Plugins.instance()  # finds what is installed, and registers it
        if not available(name):
            extra = PACKAGES[name]
            raise UserError(f"hydra/launcher={name} is not installed: pip install 'genarium[{extra}]'")
    elif name not in (HERE, "basic"):
        raise UserError(f"there is no hydra/launcher '{name}'{nearest(name, [HERE, 'basic', *PACKAGES])}")
    return name


def available(name: str) -> bool:
    try:
        ConfigStore.instance().load(f"hydra/launcher/{name}.yaml")
    except ConfigLoadError:
        return False
    return True


def launch(queue: Path, words: Sequence[str], workers: int, task: Callable[[Any], None]) -> None:
    """`workers` equal jobs, by the sweeper and launcher that `words` choose, each of which runs `task`; until all of
    them have ended. An error of a job is raised."""
    compose.register()
    words = [
        *words, f"hydra.sweeper.queue={quoted(str(queue))}", f"hydra.sweeper.workers={workers}",
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
