"""Search: Optuna proposes the next run, workers train it as a run folder of its own and tell what came of it."""

import contextlib
import os
import socket
import warnings
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from genarium.errors import UserError
from genarium.reports.formatting import number
from genarium.studies.claims import Claim
from genarium.studies.jobs import FAILED, FINISHED, PRUNED, Job, Outcome
from genarium.studies.objective import MAXIMIZE
from genarium.studies.queue import RunJob
from genarium.studies.samplers import pruner_of, sampler_of
from genarium.studies.space import Categorical
from genarium.studies.spec import Spec
from genarium.studies.storage import storage_of
from genarium.studies.trial_run import ERROR, TrialRun, job_of, trial_name

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial, Trial

UNCLAIMED = 60.0
"""Seconds after which a trial that nobody of this machine claimed was lost between its number and its claim."""
SPEC, HOST = "spec", "host"
"""What a study and a trial carry beside numbers."""


class Search:
    """Queue of a search's trials, in the study `group` of its storage. Numbers, orphans and claims are settled under a
    lock, so that no trial is trained twice; one whose worker is gone goes on under its own number."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        """`folder` is the queue's, within that of the group whose runs are searched."""
        self.folder, self.group, self.spec = folder, folder.parent, spec
        self.claims = folder / "claims"

    @classmethod
    def begin(cls, folder: Path, spec: Spec) -> "Search":
        """Create the study, or take up the one that is there; UserError where that is another search."""
        found = cls(folder, spec)
        found.claims.mkdir(parents=True, exist_ok=True)
        with found.asking():
            found.check_same()
            if spec.algorithm == "grid":
                found.enqueue_grid()
            for trial in found.trials():
                Claim(found.claims, str(trial.number)).forget()
        spec.save(folder)
        return found

    @classmethod
    def load(cls, folder: Path) -> "Search":
        return cls(folder, Spec.load(folder))

    @cached_property
    def study(self) -> "Study":
        import optuna
        from optuna.study import StudyDirection

        directions = [StudyDirection[objective.direction.upper()] for objective in self.spec.objectives]
        return optuna.create_study(
            storage=storage_of(self.group, self.spec.storage), study_name=self.spec.study, load_if_exists=True,
            directions=directions, pruner=pruner_of(self.spec),
        )  # fmt: skip

    @property
    def total(self) -> int:
        return self.spec.trials

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """While it lasts, nobody else takes a trial."""
        with FileLock(self.folder / "asking.lock"):
            yield

    def check_same(self) -> None:
        """UserError where the study is of another search."""
        held = self.study.user_attrs.get(SPEC)
        if held is None:
            self.study.set_user_attr(SPEC, self.spec.identity())
        elif difference := self.spec.difference(held):
            raise UserError(
                f"{os.path.relpath(self.group)} holds another search ({difference}): choose another group=…, or repeat "
                f"its own command"
            )

    def enqueue_grid(self) -> None:
        """Every point of a space of lists, once."""
        from itertools import product

        lists = {one.key: one.options for one in self.spec.dimensions if isinstance(one, Categorical)}
        for values in product(*lists.values()):
            self.study.enqueue_trial(dict(zip(lists, values, strict=True)), skip_if_exists=True)

    def trials(self) -> list["FrozenTrial"]:
        """All that have begun, by number."""
        from optuna.trial import TrialState

        return [trial for trial in self.study.get_trials(deepcopy=False) if trial.state != TrialState.WAITING]

    def serve(self, run: RunJob) -> None:
        while True:
            with self.asking():
                found = self.adopted() or self.asked()
            if found is None:
                return
            trial, claim = found
            try:
                TrialRun(self.study, self.spec, self.group, trial).play(claim, run)
            finally:
                claim.end()

    def adopted(self) -> tuple["Trial", Claim] | None:
        """A trial that was begun and that nobody works on any more."""
        from optuna.trial import Trial, TrialState

        for frozen in self.trials():
            if frozen.state == TrialState.RUNNING and (claim := self.orphan(frozen)):
                return Trial(self.study, frozen._trial_id), claim
        return None

    def orphan(self, frozen: "FrozenTrial") -> Claim | None:
        """Our claim of it, where its worker is gone; one on another file system cannot be known."""
        claim = Claim(self.claims, str(frozen.number))
        ours = frozen.user_attrs.get(HOST) == socket.gethostname()
        began = frozen.datetime_start or datetime.now()
        forgotten = HOST not in frozen.user_attrs and (datetime.now() - began).total_seconds() > UNCLAIMED
        if not (claim.existed or ours or forgotten) or not claim.take():
            return None
        if self.study.get_trials(deepcopy=False)[frozen.number].state == frozen.state:
            return claim
        claim.end()  # its worker ended while we looked
        return None

    def asked(self) -> tuple["Trial", Claim] | None:
        """A new trial, with every parameter drawn; None where as many as wished for have begun."""
        begun = len(self.trials())
        if begun >= self.total:
            return None
        self.study.sampler = sampler_of(self.spec, begun)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial = self.study.ask({one.key: one.distribution() for one in self.spec.dimensions})
        claim = Claim(self.claims, str(trial.number))
        claim.take()
        trial.set_user_attr(HOST, socket.gethostname())
        return trial, claim

    def running(self) -> int:
        from optuna.trial import TrialState

        begun = [Claim(self.claims, str(one.number)) for one in self.trials() if one.state == TrialState.RUNNING]
        return sum(claim.is_held() or not claim.existed for claim in begun)  # one of another file system is believed

    def best(self) -> str:
        if not (found := self.best_trials()):
            return ""
        value = ", ".join(f"{name} {number(value)}" for name, value in self.values(found[0]).items())
        more = f", and {len(found) - 1} more that are not worse" if len(found) > 1 else ""
        return f"best {value} ({trial_name(found[0].number, 0, 1)}{more})"

    def best_trials(self) -> list["FrozenTrial"]:
        """The best finished one that breaks no constraint; with several objectives, those that none beats in all."""
        finished = [trial for trial in self.trials() if trial.state.name == "COMPLETE" and is_allowed(trial)]
        if not finished or len(self.spec.objectives) == 1:
            sign = -1 if self.spec.objectives[0].direction == MAXIMIZE else 1
            return sorted(finished, key=lambda trial: sign * trial.values[0])[:1]
        allowed = {trial.number for trial in finished}
        return [trial for trial in self.study.best_trials if trial.number in allowed]

    def values(self, trial: "FrozenTrial") -> dict[str, float]:
        """The objectives' values of a finished trial, by name."""
        return dict(zip([objective.name for objective in self.spec.objectives], trial.values, strict=True))

    def settled(self) -> dict[str, tuple[Job, Outcome]]:
        found = {}
        for trial in self.trials():
            if trial.state.is_finished():
                job = job_of(self.spec, self.group, trial.number, 0, trial.params)
                found[job.folder] = (job, outcome_of(trial))
        return found


def is_allowed(trial: "FrozenTrial") -> bool:
    return all(broken <= 0 for broken in trial.constraints.values())


def outcome_of(trial: "FrozenTrial") -> Outcome:
    status = {"COMPLETE": FINISHED, "PRUNED": PRUNED}.get(trial.state.name, FAILED)
    return Outcome(status, trial.user_attrs.get(ERROR, ""))
