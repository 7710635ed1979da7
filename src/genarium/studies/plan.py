"""The jobs of a study, arms x data sets x seeds, each with its identity and the folder of its run."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from genarium.config import compose
from genarium.config.resume import PLACES
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.studies.jobs import Job
from genarium.studies.study_file import FULL, Arm, Budget, Study

UNNAMED = ("name", "group", "choices", "resume", "logger")
"""What changes nothing of a result."""
ENDS = "early_stop"
"""The callback that changes a run; the others watch it."""
DIGITS = 8


@dataclass(frozen=True)
class PlannedJob:
    """One arm on one data set with one seed; `key` is the hash of all that its result depends on."""

    data: str
    arm: Arm
    seed: int
    key: str
    words: tuple[str, ...]
    run: Run

    @property
    def place(self) -> tuple[str, str, int]:
        """Of its row in the results."""
        return self.data, self.arm.name, self.seed

    @property
    def job(self) -> Job:
        return Job(self.words, str(self.run.folder))

    def as_line(self) -> str:
        """What `from_line` makes it of, in another process."""
        return json.dumps([*self.place, self.key, self.job.as_line()])

    @classmethod
    def from_line(cls, line: str, study: Study) -> "PlannedJob":
        data, arm, seed, key, held = json.loads(line)
        job = Job.from_line(held)
        return cls(data, study.arms[arm], seed, key, job.words, Run(Path(job.folder)))


def planned(study: Study, budget: Budget, runs: Path) -> list[PlannedJob]:
    """Every job, seed by seed, arms with fewer seeds than the others last, in a folder of `runs`. UserError where one
    does not compose."""
    return sorted(every(study, budget, runs), key=lambda job: (0 < job.arm.seeds < budget.seeds, job.seed))


def every(study: Study, budget: Budget, runs: Path) -> Iterator[PlannedJob]:
    group = f"studies/{study.name}" + (f"-{budget.name}" if budget.name != FULL else "")
    for data in budget.data or study.data:
        for arm in (study.arms[name] for name in budget.arms or study.arms if study.arms[name].is_on(data)):
            chosen = words_of(study, budget, arm, data)
            try:
                config = compose.checked([*chosen, "seed=0", "name=x"])
            except UserError as error:
                raise UserError(f"{study.folder}: arm {arm.name} on {data}: {error}") from None
            whole = identity(config) | ({"program": arm.program.identity} if arm.program else {})
            for seed in range(min(arm.seeds or budget.seeds, budget.seeds)):
                key = digest(whole | {"seed": seed})
                name = f"{data}-{arm.name}-s{seed}-{key}"
                words = (*chosen, f"seed={seed}", f"group={group}", f"name={name}")
                yield PlannedJob(data, arm, seed, key, words, Run((runs / group / name).absolute()))


def words_of(study: Study, budget: Budget, arm: Arm, data: str) -> list[str]:
    """Words of a job; of two for one key the later one holds: base, the full budget, data set, arm, another budget."""
    after = budget.words if budget.name != FULL else ()
    return latest([*study.base, *study.budgets[FULL].words, *study.data[data], *arm.words, *after])


def latest(words: Sequence[str]) -> list[str]:
    held: dict[str, str] = {}
    for word in words:
        key = word.partition("=")[0].lstrip("+~")
        held.pop(key, None)
        held[key] = word
    return list(held.values())


def identity(config: DictConfig) -> dict[str, Any]:
    """The resolved configuration without names, logging, places of files, and what is none: a key that comes with a new
    version, and that nobody uses, changes no job."""
    held = compose.settled(config)
    callbacks = {ENDS: (held.get("callbacks") or {}).get(ENDS)}
    held = {key: value for key, value in held.items() if key not in UNNAMED}
    return without_none(held | {"callbacks": callbacks, "data": placeless(held["data"])})


def without_none(node: Any) -> Any:
    """`node` without the keys whose value is none."""
    if isinstance(node, dict):
        return {key: without_none(value) for key, value in node.items() if value is not None}
    return node


def placeless(node: Any) -> Any:
    """`node` without the keys that say where files lie."""
    if isinstance(node, dict):
        return {key: placeless(value) for key, value in node.items() if key not in PLACES}
    return node


def digest(whole: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]
