"""A measure of a study: where its number comes from.

modes_covered: {}                                   of an evaluation, by its name in the catalog
fd: {evaluation: [evaluation=samples, evaluation.num_samples=1000], scale: log}
trained: {number: fd, below: 60}                     1 below it, else 0: their mean is a share
distance: {series: dirac/distance, take: last, better: lower}       of metrics.csv: last, min, max or mean
seconds: {result: seconds, better: lower}           of result.json
gap: {program: measures.py:gap, better: lower}      of a function in the study's folder, which is given the run
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genarium.errors import UserError, nearest
from genarium.metrics import catalog
from genarium.runs.run import Run
from genarium.studies.program import Program

KINDS = ("number", "series", "result", "program")
KEYS = (*KINDS, "evaluation", "take", "better", "scale", "below")
RESULTS = ("seconds", "images_per_second", "images_seen")
TAKES = {
    "last": lambda values: values[-1], "min": min, "max": max, "mean": lambda values: math.fsum(values) / len(values),
}  # fmt: skip
DIRECTIONS = (catalog.LOWER, catalog.HIGHER, catalog.NEITHER)


@dataclass(frozen=True)
class Quantity:
    """`kind` is one of KINDS and `what` its source's name; `words` are of the evaluation that gives a number."""

    name: str
    kind: str
    what: str
    better: str
    words: tuple[str, ...] = ()
    take: str = "last"
    log: bool = False
    program: Program | None = None
    below: float | None = None

    @property
    def identity(self) -> str:
        """All that its values depend on beside the run."""
        program = self.program.identity if self.program else ""
        below = () if self.below is None else (f"below {self.below:g}",)
        return " ".join([self.name, self.kind, self.what, *self.words, self.take, program, *below])

    def of_number(self, value: float) -> float:
        """What is measured where the evaluation gives `value`."""
        return value if self.below is None else float(value < self.below)

    def among(self, numbers: Mapping[str, Any]) -> str | None:
        """The name of this number among those of an evaluation: fd/efficientnet_lite0/1k_train for fd."""
        if self.what in numbers:
            return self.what
        return next((name for name in numbers if name.startswith(f"{self.what}/")), None)

    def of_run(self, run: Run) -> float:
        """Value of a series or a field of result.json; UserError where the run has none."""
        if self.kind == "result":
            value = run.result().get(self.what)
            if value is None:
                raise UserError(f"{self.name}: the run's result.json has no {self.what}")
            return float(value)
        series = run.series()
        if self.what not in series:
            raise UserError(f"{self.name}: the run logs no series {self.what}{nearest(self.what, series)}")
        return float(TAKES[self.take](series[self.what][1]))


def made(name: str, held: Any, common: tuple[str, ...], folder: Path) -> Quantity:
    """The measure of this name in a study file; UserError for what it cannot be."""
    held = {} if held is None else held
    if not isinstance(held, dict):
        raise UserError(f"measures.{name} must be a table of keys, it is {held!r}")
    for key in held:
        choose(str(key), KEYS, f"measures.{name}")
    kinds = [kind for kind in KINDS if kind in held] or ["number"]
    if len(kinds) > 1:
        raise UserError(f"measures.{name} has {' and '.join(kinds)}: a measure has one source")
    kind, what = kinds[0], str(held.get(kinds[0], name))
    words = tuple(
        held["evaluation"].split() if isinstance(held.get("evaluation"), str) else held.get("evaluation", common)
    )
    if kind == "number" and not catalog.find(what):
        raise UserError(f"measures.{name}: no metric is called {what}{nearest(what, catalog.CATALOG)}")
    if kind == "result":
        choose(what, RESULTS, f"measures.{name}.result")
    below = held.get("below")
    if below is not None and (kind != "number" or isinstance(below, bool) or not isinstance(below, int | float)):
        raise UserError(f"measures.{name}.below must be a number, of a measure from an evaluation, it is {below!r}")
    better = held.get("better") or (catalog.HIGHER if below is not None else catalog.better(what))
    return Quantity(
        name, kind, what,
        choose(better, DIRECTIONS, f"measures.{name}.better"),
        words if kind == "number" else (),
        choose(held.get("take", "last"), tuple(TAKES), f"measures.{name}.take"),
        choose(held.get("scale", "linear"), ("linear", "log"), f"measures.{name}.scale") == "log",
        Program.read(what, folder) if kind == "program" else None,
        below,
    )  # fmt: skip


def choose(word: str, known: Sequence[str], where: str) -> str:
    if word not in known:
        raise UserError(f"{where}: there is no '{word}'{nearest(str(word), known)}")
    return word


def digest(measures: Mapping[str, Quantity]) -> str:
    """Of all that is measured: another digest, and rows are measured again."""
    return hashlib.sha256("\n".join(one.identity for one in measures.values()).encode()).hexdigest()[:8]
