"""A study at one budget, planned: its jobs with all that is misspelled said, and the folder of its report."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from genarium.commands.evaluate import configuration
from genarium.errors import UserError
from genarium.files.output_paths import refuse_unwritable
from genarium.studies import measure, study_file
from genarium.studies.plan import PlannedJob, planned
from genarium.studies.results import Results
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
        return Results(self.place, [job.place for job in self.jobs], list(self.study.measures))

    def as_line(self) -> str:
        """What `from_line` makes it of, in another process, without composing a job."""
        study, jobs = self.study, [job.as_line() for job in self.jobs]
        return json.dumps([str(study.folder.absolute()), study.held, self.budget.name, jobs, str(self.place)])

    @classmethod
    def from_line(cls, line: str) -> "Plan":
        """UserError where the study was changed meanwhile."""
        folder, held, budget, jobs, place = json.loads(line)
        study = study_file.read(Path(folder))
        if study.held != held:
            raise UserError(f"{study.name} was changed while it ran: start the study again")
        study = measured_at(study, study.budgets[budget])
        return cls(study, study.budgets[budget], [PlannedJob.from_line(job, study) for job in jobs], Path(place))


def measured_at(study: Study, budget: Budget) -> Study:
    """`study`, its measures being those of the budget."""
    measures = {n: replace(one, words=(*one.words, *budget.evaluation)) for n, one in study.measures.items()}
    return replace(study, measures=measures)


def check(study: Study, budget: Budget) -> Plan:
    """Everything composed, so that what is misspelled is said before anything runs."""
    study = measured_at(study, budget)
    different = {one.words: name for name, one in study.measures.items() if one.kind == "number"}
    for words, name in different.items():
        try:
            configuration(list(words))
        except UserError as error:
            raise UserError(f"{study.folder}: measure {name}: {error}") from None
    where = study.folder if budget.name == FULL else RUNS / "studies" / f"{study.name}-{budget.name}" / "report"
    refuse_unwritable(where, "start in another folder")
    return Plan(study, budget, planned(study, budget, RUNS), where)
