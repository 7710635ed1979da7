"""One worker of a sweep: serves a queue until nothing is left that nobody works on; started by `genarium train -m`."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig

from genarium.errors import UserError
from genarium.files.printed import printed_to
from genarium.studies.crew import log_of, settle
from genarium.studies.jobs import Job, Outcome
from genarium.studies.open_queue import open_queue
from genarium.studies.preemption import saved_before_the_end
from genarium.studies.queue import Report


def help_text() -> str:
    return "genarium worker: started by `genarium train -m`, never by hand"


def main(args: list[str]) -> None:
    if len(args) != 2 or not args[1].isdecimal() or not Path(args[0]).is_dir():
        raise UserError("genarium worker is started by `genarium train -m`, never by hand")
    settle(Path(args[0]), int(args[1]))
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    serve(Path(args[0]))


def end_with(parent: int) -> None:
    """End this worker, its run saved, when the sweep that started it is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def serve_in_job(config: Any) -> None:
    """A worker as a job of one of Hydra's launchers."""
    hydra = HydraConfig.get()
    queue, number = Path(hydra.sweeper.queue), int(hydra.job.num)
    GlobalHydra.instance().clear()  # that of the launch, which came along
    if not settle(queue, number):
        os.environ.setdefault("OMP_NUM_THREADS", os.environ.get("SLURM_CPUS_PER_TASK", "1"))
    with printed_to(log_of(queue, number)):
        serve(queue)


def serve(folder: Path) -> None:
    from genarium.commands.run_job import run_job  # torch comes after its threads are known
    from genarium.commands.study_job import work_of

    work = work_of(folder, run_job)

    with saved_before_the_end() as end:

        def run(job: Job, report: Report | None) -> Outcome:
            end.heed()
            return work(job, report)

        open_queue(folder).serve(run)
