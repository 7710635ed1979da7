"""An analysis of a study: one number of all its runs on a data set, such as a share of variance or a rank correlation.

seed_share: {program: "shares.py:seed_share"}
agreement: {program: "ranks.py:agreement", better: higher}

The function is given the rows of results.csv (`JobRow`s) and returns the number. Its interval is the jackknife's over
seeds: each seed is left out in turn, and the pseudo-values are one value a seed, as an arm's are.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genarium.errors import UserError
from genarium.metrics import catalog
from genarium.studies.measure import DIRECTIONS, choose
from genarium.studies.program import Program
from genarium.studies.results import JobRow
from genarium.studies.yaml_parts import table

KEYS = {"program", "better"}


@dataclass(frozen=True)
class Analysis:
    """A function of rows, and which direction of its number is better."""

    name: str
    program: Program
    better: str

    def by_seed(self, rows: Sequence[JobRow]) -> list[float]:
        return pseudo_values(rows, self.program.load())


def made(name: str, held: Any, folder: Path) -> Analysis:
    """The analysis of this name in a study file; UserError for what it cannot be."""
    where = f"analyses.{name}"
    if "program" not in table(held, where, KEYS):
        raise UserError(f"{where} has no program: write {where}: {{program: 'file.py:function'}}")
    better = choose(held.get("better", catalog.NEITHER), DIRECTIONS, f"{where}.better")
    return Analysis(name, Program.read(str(held["program"]), folder), better)


def pseudo_values(rows: Sequence[JobRow], number: Callable[[Sequence[JobRow]], float]) -> list[float]:
    """Pseudo-values of the jackknife (Tukey, 1958), one a seed: n t - (n - 1) t_(-i), for t of all rows and t_(-i) of
    those without seed i. The number itself where there is one seed; none where it cannot be had (NaN) from all rows.

    >>> rows = [JobRow("d", "a", seed, "", "finished", values={"x": x}) for seed, x in enumerate((1.0, 2.0, 6.0))]
    >>> pseudo_values(rows, lambda some: sum(row.values["x"] for row in some) / len(some))  # of a mean: the values
    [1.0, 2.0, 6.0]
    """
    seeds = sorted({row.seed for row in rows})
    whole = float(number(rows)) if rows else math.nan
    if not math.isfinite(whole) or len(seeds) < 2:
        return [whole] if math.isfinite(whole) else []
    without = [float(number([row for row in rows if row.seed != seed])) for seed in seeds]
    return [len(seeds) * whole - (len(seeds) - 1) * one for one in without]
