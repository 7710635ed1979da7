"""A study at one budget, planned: its jobs with all that is misspelled said, and the folder of its report."""

from collections.abc import Mapping
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

    def as_words(self) -> dict[str, str]:
        """What a worker finds it by."""
        return {"study": str(self.study.folder.absolute()), "budget": self.budget.name}

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> "Plan":
        study = study_file.read(Path(words["study"]))
        return check(study, study.budgets[words["budget"]])


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
