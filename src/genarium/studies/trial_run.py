"""One trial of a search: its runs, one a seed, to their end, and what is told of them."""

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.studies.claims import Claim
from genarium.studies.jobs import FAILED, IN_USE, LOST, PRUNED, Job, Outcome
from genarium.studies.objective import MINIMIZE, SearchObjective
from genarium.studies.queue import ELSEWHERE, Report, RunJob
from genarium.studies.space import chosen
from genarium.studies.spec import Spec, constraint

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import Trial

ERROR = "error"
"""What a failed trial carries."""


class TrialRun:
    """A trial that is trained here, and told once: its mean objectives, that it was pruned, or why it failed."""

    def __init__(self, study: "Study", spec: Spec, group: Path, trial: "Trial") -> None:
        self.study, self.spec, self.trial = study, spec, trial
        values = {one.key: one.suggest(trial) for one in spec.dimensions}  # as they were drawn
        self.jobs = [job_of(spec, group, trial.number, place, values) for place in range(spec.seeds)]

    def play(self, claim: Claim, run: RunJob) -> None:
        """Train every seed and tell the trial."""
        from optuna.trial import TrialState

        if not claim.begin(" ".join(job.reached() for job in self.jobs)):
            return self.fail(LOST)
        found: list[list[float]] = []
        for place, job in enumerate(self.jobs):
            outcome = self.trained(job, run)
            if outcome.status == FAILED:
                return self.fail(outcome.error)
            try:
                pruned = outcome.status == PRUNED or self.measured(place, job, found)
            except UserError as error:
                return self.fail(str(error))
            if pruned:
                self.study.tell(self.trial, state=TrialState.PRUNED)
                return None
        self.study.tell(self.trial, [sum(column) / len(column) for column in zip(*found, strict=True)])

    def trained(self, job: Job, run: RunJob) -> Outcome:
        """What came of a run; one that another process trains is waited for."""
        report = self.report if self.spec.prunes_by_images else None
        while (outcome := run(job, report)).status == IN_USE:
            time.sleep(ELSEWHERE)
        return outcome

    @property
    def report(self) -> Report:
        objective = self.spec.objectives[0]

        def told(images: int, logged: dict[str, float]) -> bool:
            known = objective.series in logged
            return known and self.shall_prune(logged[objective.series], images, images >= self.spec.budget)

        return told

    def measured(self, place: int, job: Job, found: list[list[float]]) -> bool:
        """Add a seed's objectives to `found`; whether the seeds by now say that the trial shall be pruned. UserError
        where a number was never measured."""
        run, is_last = Run(Path(job.folder)), place + 1 == self.spec.seeds
        found.append([objective.value(run) for objective in self.spec.objectives])
        if is_last:
            self.keep_constraints(run)
        return self.spec.pruner == "wilcoxon" and self.shall_prune(found[-1][0], place, is_last)

    def shall_prune(self, value: float, step: int, is_last: bool) -> bool:
        """Tell the pruner, and ask it unless there is nothing left to save."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a step that was told before the worker was lost
            self.trial.report(value, step)
            return not is_last and self.trial.should_prune()

    def keep_constraints(self, run: Run) -> None:
        """How far each is broken; 0 or less where it holds."""
        for word in self.spec.constraints:
            name, bound = constraint(word)
            self.trial.set_constraint(word, SearchObjective.read(name, MINIMIZE).value(run) - bound)

    def fail(self, error: str) -> None:
        from optuna.trial import TrialState

        self.trial.set_user_attr(ERROR, error)
        self.study.tell(self.trial, state=TrialState.FAIL)


def job_of(spec: Spec, group: Path, number: int, place: int, values: dict[str, Any]) -> Job:
    """The run of a trial with its seed number `place`."""
    name = trial_name(number, place, spec.seeds)
    words = [*spec.words, *chosen(spec.dimensions, values), f"seed={spec.first_seed + place}", f"name={name}"]
    return Job(tuple(words), str(group / name))


def trial_name(number: int, place: int, seeds: int) -> str:
    """Name of a run: the trial's number, and the seed's where it has several.

    >>> trial_name(7, 0, 1), trial_name(7, 2, 3)
    ('t0007', 't0007-s2')
    """
    return f"t{number:04d}" + (f"-s{place}" if seeds > 1 else "")
