"""Run of studies: what is not finished is trained and measured, by one crew, then each report is written."""

import sys
from collections.abc import Mapping, Sequence

from genarium.commands.each import do_each
from genarium.commands.study_plan import Plan
from genarium.errors import UserError
from genarium.studies import experiments, ledger, report, results
from genarium.studies.jobs import FAILED, Outcome
from genarium.studies.plan import PlannedJob
from genarium.studies.results import JobRow
from genarium.studies.study_file import FULL


def run(plans: Sequence[Plan], hydra: Sequence[str], workers: int | str, retry: bool, again: str) -> None:
    """`again` is the command that goes on with them. UserError once all is done and written, where runs have failed
    now, or were left by workers that were lost."""
    missing = [begin(plan, retry) for plan in plans]
    outcomes = {}
    if any(missing):
        from genarium.commands.serve_jobs import serve_jobs
        from genarium.commands.study_job import share  # hydra, and later torch, take seconds

        jobs = [job.job for some in missing for job in some]
        prepare = lambda queue: share(queue, [plan for plan, some in zip(plans, missing, strict=True) if some])
        outcomes = serve_jobs(jobs, hydra, workers, f"`{again}` goes on where it was", prepare)
    end = lambda one: finish(one[0], one[1], outcomes, again)
    named = lambda one: one[0].study.name
    do_each(list(zip(plans, missing, strict=True)), end, named, "studies have failed runs")


def begin(plan: Plan, retry: bool) -> list[PlannedJob]:
    """The jobs that are left to do; rows of other configurations leave its results."""
    gone = plan.results.keep({job.place: job.key for job in plan.jobs})
    if gone:
        print(f"{gone} rows of earlier configurations leave {plan.place / results.FILE}", file=sys.stderr)
    rows = {row.place: row for row in results.read(plan.place)}
    missing = [job for job in plan.jobs if not finished(rows.get(job.place), plan.measured, retry)]
    print(f"{plan.study.name}: {len(plan.jobs)} jobs, {len(plan.jobs) - len(missing)} finished before", file=sys.stderr)
    if not retry and (lost := sum(row.status == FAILED for row in rows.values())):
        print(f"{lost} runs failed before and count as the worst: retry=true tries them once more", file=sys.stderr)
    return missing


def finished(row: JobRow | None, measured: str, retry: bool) -> bool:
    return row is not None and row.measured == measured and not (retry and row.status == FAILED)


def finish(plan: Plan, missing: Sequence[PlannedJob], outcomes: Mapping[str, Outcome], again: str) -> None:
    """Write the report; UserError where of the jobs that were `missing` some have failed, or are missing still."""
    found = settled(plan, missing, outcomes)
    report.write(plan.study, plan.budget, plan.place, {job.place: job.run for job in plan.jobs})
    if plan.budget.name == FULL and plan.study.folder.parent.resolve() == experiments.folder().resolve():
        ledger.write(experiments.folder())
    print(f"report: {plan.place / 'README.md'}", file=sys.stderr)
    if left := found.count(None):
        raise UserError(f"{left} runs of {plan.study.name} were left by workers that were lost: {again}")
    if wrong := sum(row is not None and row.status == FAILED for row in found):
        raise UserError(
            f"{wrong} runs of {plan.study.name} failed, each for the reason above; once mended: {again} retry=true"
        )


def settled(plan: Plan, jobs: Sequence[PlannedJob], outcomes: Mapping[str, Outcome]) -> list[JobRow | None]:
    """The row of each job, of one that was lost with its worker again and again too; None where it is missing still."""
    rows = {row.place: row for row in results.read(plan.place)}
    for job in jobs:
        outcome = outcomes.get(job.job.folder)
        if outcome and outcome.status == FAILED and job.place not in rows:
            from genarium.commands.study_job import keep_row

            rows[job.place] = keep_row(plan, job, outcome)
    return [rows.get(job.place) for job in jobs]
