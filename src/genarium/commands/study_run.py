"""A study's run: what is not finished is trained and measured, then the report is written."""

import shlex
import sys
from collections.abc import Sequence

from genarium.commands.study_plan import Plan
from genarium.errors import UserError
from genarium.studies import experiments, ledger, report, results
from genarium.studies.jobs import FAILED
from genarium.studies.plan import PlannedJob
from genarium.studies.results import JobRow
from genarium.studies.study_file import FULL


def run(plan: Plan, hydra: Sequence[str], workers: int | str, retry: bool) -> None:
    """UserError once all is done and written, where runs have failed now, or were left by workers that were lost."""
    gone = plan.results.keep({job.place: job.key for job in plan.jobs})
    if gone:
        print(f"{gone} rows of earlier configurations leave {plan.place / results.FILE}", file=sys.stderr)
    rows = {row.place: row for row in results.read(plan.place)}
    missing = [job for job in plan.jobs if not finished(rows.get(job.place), plan.measured, retry)]
    print(f"{plan.study.name}: {len(plan.jobs)} jobs, {len(plan.jobs) - len(missing)} finished before", file=sys.stderr)
    if not retry and (lost := sum(row.status == FAILED for row in rows.values())):
        print(f"{lost} runs failed before and count as the worst: retry=true tries them once more", file=sys.stderr)
    again = shlex.join(["genarium", "study", plan.study.name, f"budget={plan.budget.name}", *hydra])
    wrong, left = do(plan, missing, hydra, workers, f"`{again}` goes on where it was") if missing else (0, 0)
    report.write(plan.study, plan.budget, plan.place, {job.place: job.run for job in plan.jobs})
    if plan.budget.name == FULL and plan.study.folder.parent.resolve() == experiments.folder().resolve():
        ledger.write(experiments.folder())
    print(f"report: {plan.place / 'README.md'}", file=sys.stderr)
    if left:
        raise UserError(f"{left} runs of {plan.study.name} were left by workers that were lost: {again}")
    if wrong:
        raise UserError(
            f"{wrong} runs of {plan.study.name} failed, each for the reason above; once mended: {again} retry=true"
        )


def finished(row: JobRow | None, measured: str, retry: bool) -> bool:
    return row is not None and row.measured == measured and not (retry and row.status == FAILED)


def do(plan: Plan, jobs: list[PlannedJob], hydra: Sequence[str], workers: int | str, again: str) -> tuple[int, int]:
    """Jobs trained, measured and kept as rows by workers. -> how many failed, how many were left."""
    from genarium.commands.serve_jobs import serve_jobs
    from genarium.commands.study_job import keep_row, share  # hydra, and later torch, take seconds

    outcomes = serve_jobs([job.job for job in jobs], hydra, workers, again, lambda queue: share(queue, plan))
    rows = {row.place: row for row in results.read(plan.place)}
    for job in jobs:
        outcome = outcomes.get(job.job.folder)
        if outcome and outcome.status == FAILED and job.place not in rows:  # lost with its worker, again and again
            rows[job.place] = keep_row(plan, job, outcome)
    found = [rows.get(job.place) for job in jobs]
    return sum(row is not None and row.status == FAILED for row in found), found.count(None)
