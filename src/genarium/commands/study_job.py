"""One job of a study: trained, measured, and written as a row of its results, in whatever process."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from genarium.commands.study_plan import Plan
from genarium.errors import Unwritable
from genarium.files.atomic import write_atomically
from genarium.studies.jobs import FAILED, FINISHED, IN_USE, Job, Outcome
from genarium.studies.plan import PlannedJob
from genarium.studies.queue import Report, RunJob
from genarium.studies.results import JobRow

FILE = "studies.json"
"""In the folder of a queue: the studies that its jobs are of."""


def share(queue: Path, plans: Sequence[Plan]) -> None:
    """Make the jobs of `queue` those of studies."""
    write_atomically(queue / FILE, json.dumps([plan.as_line() for plan in plans]).encode())


def work_of(queue: Path, train: RunJob) -> RunJob:
    """What a worker does with a job of `queue`: `train` it, and where it is of a study measure it too."""
    if not (queue / FILE).is_file():
        return train
    lines = json.loads((queue / FILE).read_text(encoding="utf-8"))
    owners = {job.job.folder: (plan, job) for plan in map(Plan.from_line, lines) for job in plan.jobs}

    def work(job: Job, told: Report | None) -> Outcome:
        plan, planned = owners[job.folder]
        outcome = Outcome(FINISHED) if planned.arm.program else train(job, told)
        return outcome if outcome.status == IN_USE else of_row(keep_row(plan, planned, outcome), outcome)

    return work


def of_row(row: JobRow, outcome: Outcome) -> Outcome:
    return Outcome(FAILED, row.error) if row.status == FAILED else outcome


def keep_row(plan: Plan, job: PlannedJob, outcome: Outcome) -> JobRow:
    """Measure a job, whatever came of it, and write its row."""
    from genarium.commands.measure_job import failed, of_program, of_run  # torch takes seconds

    terms = {}
    if outcome.status == FAILED:
        row = failed(job, outcome.error, plan.measured)
    else:
        try:
            measure = of_program if job.arm.program else of_run
            row, terms = measure(job, plan.study.measures, plan.measured)
        except Unwritable:
            raise
        except Exception as error:  # one arm costs no other
            row = failed(job, " ".join(str(error).split()) or type(error).__name__, plan.measured)
    if row.error and row.status != FAILED:
        print(f"measured in part: {job.run.folder.name}: {row.error}", file=sys.stderr)
    plan.results.add(row, terms)
    return row
