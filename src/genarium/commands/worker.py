"""One worker of a sweep: serves a queue until nothing is left that nobody works on; started by `genarium train -m`."""

import os
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig

from genarium.errors import UserError
from genarium.studies.crew import settle
from genarium.studies.open_queue import open_queue


def help_text() -> str:
    return "genarium worker: started by `genarium train -m`, never by hand"


def main(args: list[str]) -> None:
    if len(args) != 2 or not args[1].isdecimal() or not Path(args[0]).is_dir():
        raise UserError("genarium worker is started by `genarium train -m`, never by hand")
    settle(Path(args[0]), int(args[1]))
    serve(Path(args[0]))


def serve_in_job(config: Any) -> None:
    """A worker as a job of one of Hydra's launchers."""
    hydra = HydraConfig.get()
    queue, number = Path(hydra.sweeper.queue), int(hydra.job.num)
    if not settle(queue, number):
        os.environ.setdefault("OMP_NUM_THREADS", os.environ.get("SLURM_CPUS_PER_TASK", "1"))
    serve(queue)


def serve(folder: Path) -> None:
    from genarium.commands.run_job import run_job  # torch comes after its threads are known

    open_queue(folder).serve(run_job)
