"""Specification of a search: what is searched, by what, and how far; kept beside its runs for every worker."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genarium.errors import UserError, nearest
from genarium.files.atomic import write_atomically
from genarium.studies.objective import COSTS, SearchObjective
from genarium.studies.space import Dimension, space_of

FILE = "search.json"
ALGORITHMS = ("tpe", "gp", "cmaes", "qmc", "random", "grid", "nsga2")
PRUNERS = ("none", "hyperband", "median", "wilcoxon")
BY_IMAGES = ("hyperband", "median")
"""Pruners that watch a run while it trains."""


@dataclass(frozen=True)
class Spec:
    """`study` is its name, that of its group; `words`: what every run has; `space`: words of the sweep grammar, of
    whose keys `whole` take whole numbers; `constraints`: such as `parameters<2e6`; `budget`: images of a run."""

    study: str
    words: tuple[str, ...]
    space: tuple[str, ...]
    whole: tuple[str, ...]
    objectives: tuple[SearchObjective, ...]
    constraints: tuple[str, ...]
    seeds: int
    first_seed: int
    trials: int
    budget: int
    algorithm: str
    pruner: str
    storage: str | None

    SAME = ("words", "space", "objectives", "constraints", "seeds", "first_seed", "budget")
    """What a search is: with another of these it is another search."""

    @property
    def dimensions(self) -> list[Dimension]:
        return space_of(self.space, frozenset(self.whole))[1]

    @property
    def prunes_by_images(self) -> bool:
        return self.pruner in BY_IMAGES

    def check(self) -> None:
        """UserError for what cannot be searched together."""
        for kind, name, known in (("algorithm", self.algorithm, ALGORITHMS), ("pruner", self.pruner, PRUNERS)):
            if name not in known:
                raise UserError(f"there is no {kind} '{name}'{nearest(name, known)}")
        if not self.space:
            raise UserError(
                "the search has nothing to choose: give a key several values, such as "
                "'model.beta=tag(log,interval(0.5,32))', or a space by search=…"
            )
        if len(self.objectives) > 1 and self.pruner != "none":
            raise UserError(f"pruner={self.pruner} follows one number, and there are {len(self.objectives)} objectives")
        if self.pruner == "wilcoxon" and self.seeds < 2:
            raise UserError("pruner=wilcoxon compares seeds of a trial: add seeds=3, or choose pruner=median")
        if self.prunes_by_images and self.seeds > 1:
            raise UserError(f"pruner={self.pruner} follows one run, and a trial has {self.seeds}: use pruner=wilcoxon")
        if self.prunes_by_images and (costs := [one.name for one in self.objectives if one.is_cost]):
            cost = costs[0]
            raise UserError(f"pruner={self.pruner}: {cost} is known when a run has ended; choose pruner=none")
        if self.algorithm == "cmaes" and len(self.objectives) > 1:
            raise UserError("algorithm=cmaes has one objective: choose algorithm=nsga2 or tpe")
        if self.algorithm in ("cmaes", "qmc", "random", "grid") and self.constraints:
            raise UserError(f"algorithm={self.algorithm} knows no constraints: choose tpe, gp or nsga2")

    def save(self, folder: Path) -> None:
        write_atomically(folder / FILE, json.dumps(asdict(self), indent=1).encode())

    @classmethod
    def load(cls, folder: Path) -> "Spec":
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls.from_dict(held)

    @classmethod
    def from_dict(cls, held: dict) -> "Spec":
        lists = {key: tuple(value) for key, value in held.items() if isinstance(value, list)}
        objectives = tuple(SearchObjective(**one) for one in held["objectives"])
        return cls(**{**held, **lists, "objectives": objectives})

    def identity(self) -> dict[str, object]:
        """Plain values of all that makes it this search."""
        held = json.loads(json.dumps(asdict(self)))
        return {key: held[key] for key in self.SAME}

    def difference(self, held: dict[str, Any]) -> str:
        """The first thing in which the search of `held`, an identity, is another; '' where it is this one."""
        for key, here in self.identity().items():
            if held.get(key) != here:
                there, now = apart(held.get(key), here)
                return f"its {key}: {there}, and here: {now}"
        return ""


def constraint(word: str) -> tuple[str, float]:
    """('parameters', 2e6) of `parameters<2e6`; UserError where it is none."""
    name, less, bound = word.replace(" ", "").partition("<")
    try:
        if less and name in COSTS:
            return name, float(bound)
        if less:
            return SearchObjective.read(name, "minimize").name, float(bound)
    except ValueError:
        pass
    raise UserError(f"constraints: cannot read '{word}'; write a measured number below a bound, such as parameters<2e6")


def apart(there: Any, here: Any) -> tuple[str, str]:
    """Two values that differ, as text, without what lists of them have in common."""
    if isinstance(there, list) and isinstance(here, list):
        there, here = [one for one in there if one not in here], [one for one in here if one not in there]
    return said(there), said(here)


def said(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(said, value.values()))
    return " ".join(map(said, value)) or "nothing" if isinstance(value, list) else str(value)
