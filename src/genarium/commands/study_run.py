"""A study's run: what is not finished is trained and measured, then the report is written."""

import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from genarium.commands.evaluate import configuration
from genarium.errors import UserError
from genarium.files.output_paths import refuse_unwritable
from genarium.studies import experiments, ledger, measure, report, results
from genarium.studies.jobs import FAILED, Job, Outcome
from genarium.studies.plan import PlannedJob, planned
from genarium.studies.results import JobRow, Results
from genarium.studies.study_file import FULL, Budget, Study

RUNS = Path("runs")


@dataclass(frozen=True)
class Plan:
    """A study at one budget: its jobs, and the folder of its report."""

    study: Study
    budget: Budget
    jobs: list[PlannedJob]
    place: Path

    @property
    def measured(self) -> str:
        return measure.digest(self.study.measures)

    @property
    def results(self) -> Results:
        return Results(self.place, [place(job) for job in self.jobs], list(self.study.measures))


def place(job: PlannedJob) -> tuple[str, str, int]:
    return job.data, job.arm.name, job.seed


def check(study: Study, budget: Budget) -> Plan:
    """Everything composed, so that what is misspelled is said before anything runs."""
    measures = {n: replace(one, words=(*one.words, *budget.evaluation)) for n, one in study.measures.items()}
    study = replace(study, measures=measures)
    for name, one in measures.items():
        try:
            configuration(list(one.words)) if one.kind == "number" else None
        except UserError as error:
            raise UserError(f"{study.folder}: measure {name}: {error}") from None
    where = study.folder if budget.name == FULL else RUNS / "studies" / f"{study.name}-{budget.name}" / "report"
    refuse_unwritable(where, "start in another folder")
    return Plan(study, budget, planned(study, budget, RUNS), where)


def run(plan: Plan, hydra: Sequence[str], workers: int | str, retry: bool) -> None:
    """UserError once all is done and written, where runs have failed now, or were left by workers that were lost."""
    gone = plan.results.keep({place(job): job.key for job in plan.jobs})
    if gone:
        print(f"{gone} rows of earlier configurations leave {plan.place / results.FILE}", file=sys.stderr)
    rows = {row.place: row for row in results.read(plan.place)}
    missing = [job for job in plan.jobs if not finished(rows.get(place(job)), plan.measured, retry)]
    print(f"{plan.study.name}: {len(plan.jobs)} jobs, {len(plan.jobs) - len(missing)} finished before", file=sys.stderr)
    if not retry and (lost := sum(row.status == FAILED for row in rows.values())):
        print(f"{lost} runs failed before and count as the worst: retry=true tries them once more", file=sys.stderr)
    again = shlex.join(["genarium", "study", plan.study.name, f"budget={plan.budget.name}", *hydra])
    wrong, left = do(plan, missing, lambda jobs: train(jobs, hydra, workers, f"`{again}` goes on where it was"))
    report.write(plan.study, plan.budget, plan.place, {place(job): job.run for job in plan.jobs})
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


def train(jobs: Sequence[Job], hydra: Sequence[str], workers: int | str, again: str) -> dict[str, Outcome]:
    from genarium.commands.train_jobs import train_jobs  # torch takes seconds

    return train_jobs(jobs, hydra, workers, again)


def do(plan: Plan, jobs: Sequence[PlannedJob], train: Callable[[list[Job]], dict[str, Outcome]]) -> tuple[int, int]:
    """Train, measure, and keep a row of each. -> how many failed, how many were left untrained."""
    outcomes = train([job.job for job in jobs if not job.arm.program]) if jobs else {}
    wrong = left = 0
    for job in jobs:
        outcome = outcomes.get(str(job.run.folder))
        if not job.arm.program and not outcome and job.run.status() != results.FINISHED:
            left += 1
            continue
        row = keep_row(plan, job, outcome)
        wrong += row.status == FAILED
    return wrong, left


def keep_row(plan: Plan, job: PlannedJob, outcome: Outcome | None) -> JobRow:
    """Measure a job, whatever came of it, and write its row."""
    from genarium.commands.measure_job import failed, of_program, of_run

    try:
        if outcome and outcome.status == FAILED:
            row, terms = failed(job, outcome.error, plan.measured), {}
        else:
            of = of_program if job.arm.program else of_run
            row, terms = of(job, plan.study.measures, plan.measured)
    except Exception as error:  # one arm costs no other
        row, terms = failed(job, " ".join(str(error).split()) or type(error).__name__, plan.measured), {}
        print(f"failed: {job.run.folder.name}: {row.error}", file=sys.stderr)
    if row.error and row.status != FAILED:
        print(f"measured in part: {job.run.folder.name}: {row.error}", file=sys.stderr)
    plan.results.add(row, terms)
    return row
