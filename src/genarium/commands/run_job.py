"""One job of a sweep, trained in this process."""

import sys
from pathlib import Path

from genarium.callbacks.pruning import Pruning
from genarium.config import compose
from genarium.errors import Unwritable
from genarium.files.lock import InUse
from genarium.files.output_paths import remove_empty
from genarium.runs.run import Run
from genarium.studies.jobs import BEFORE, FAILED, FINISHED, IN_USE, PRUNED, Job, Outcome
from genarium.studies.queue import Report
from genarium.studies.resumed_sweep import to_do
from genarium.training.fit import train


def run_job(job: Job, report: Report | None = None) -> Outcome:
    """Trains it, on from its last checkpoint where it was cut, not at all where it is finished. An error is the job's
    own: it does not end the sweep. Unwritable is raised: no other job would fare better with that. `report` is told
    what the run logs, and may prune it."""
    run = Run(Path(job.folder))
    try:
        config, begun = to_do(run, compose.composed(job.words))
        if config is None:
            return Outcome(PRUNED if run.status() == PRUNED else BEFORE)
        print(f"\n{run.folder.name}", file=sys.stderr)
        train(config, run, resume=begun, more=[Pruning(report)] if report else [])
        return Outcome(PRUNED if run.status() == PRUNED else FINISHED)
    except Unwritable:
        remove_empty(run.folder)
        raise
    except InUse as error:
        return Outcome(IN_USE, str(error))
    except Exception as error:
        remove_empty(run.folder)
        return Outcome(FAILED, str(error) or type(error).__name__)
