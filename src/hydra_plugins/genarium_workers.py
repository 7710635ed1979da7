"""Hydra's plugins of Genarium: a sweeper that starts workers instead of jobs, and a launcher of local workers.

Every start of Hydra imports this module, so it imports nothing heavy.
"""

from collections.abc import Sequence
from pathlib import Path

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class WorkerSweeper(Sweeper):
    """Sweeper that has the launcher start `workers` equal jobs, each of which serves the queue in folder `queue`."""

    def __init__(self, queue: str, workers: int) -> None:
        self.queue, self.workers = queue, workers

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Sequence[JobReturn]:
        assert self.launcher is not None
        return self.launcher.launch([arguments] * self.workers, initial_job_idx=0)


class LocalWorkers(Launcher):
    """Launcher of processes on this machine, one a worker; one that is lost is replaced."""

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        self.queue = Path(config.hydra.sweeper.queue)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        from genarium.studies.crew import Crew

        Crew(self.queue, len(job_overrides)).run()
        done = JobReturn(status=JobStatus.COMPLETED)
        done.return_value = None
        return [done] * len(job_overrides)
