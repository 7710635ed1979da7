"""A study as its study.yaml states it: claim, arms, measures, expectations. What is misspelled is one sentence."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from genarium.errors import UserError
from genarium.studies import analysis, expectation, measure, results
from genarium.studies.analysis import Analysis
from genarium.studies.expectation import Expectation, Published
from genarium.studies.measure import Quantity
from genarium.studies.program import Program
from genarium.studies.yaml_parts import named, number, table, words

FILE = "study.yaml"
KEYS = {
    "title", "claim", "answers", "source", "base", "evaluation", "arms", "data", "seeds", "measures", "analyses",
    "expectations", "published", "figure", "pictures", "budgets", "open",
}  # fmt: skip
NEEDED = ("title", "claim", "source", "arms", "data", "seeds", "measures", "budgets")
ARM, BUDGET = {"words", "grid", "seeds", "data", "program"}, {"words", "seeds", "arms", "data", "evaluation"}
FIGURE, PICTURES = {"measures", "against", "log"}, {"kind", "arms"}
FULL = "full"
"""The budget whose results stand beside the study file."""


@dataclass(frozen=True)
class Arm:
    """What is compared: words of a run, or a program that trains nothing. `seeds` is 0 for as many as the study's;
    `data` names the data sets that it is for, none for all."""

    name: str
    words: tuple[str, ...]
    seeds: int = 0
    program: Program | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the grid that it is a cell of
    data: tuple[str, ...] = ()

    def is_on(self, data: str) -> bool:
        return not self.data or data in self.data


@dataclass(frozen=True)
class Budget:
    """A size of the study; empty where it takes all arms or data sets."""

    name: str
    words: tuple[str, ...]
    seeds: int
    arms: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    evaluation: tuple[str, ...] = ()


@dataclass(frozen=True)
class Study:
    """One folder of experiments/."""

    name: str
    folder: Path
    title: str
    claim: str
    source: str
    answers: tuple[str, ...]
    base: tuple[str, ...]
    arms: dict[str, Arm]
    data: dict[str, tuple[str, ...]]
    measures: dict[str, Quantity]
    analyses: dict[str, Analysis]
    expectations: tuple[Expectation, ...]
    published: tuple[Published, ...]
    figure: dict[str, Any]
    pictures: dict[str, Any]
    budgets: dict[str, Budget]
    open: str

    @property
    def held(self) -> str:
        """Digest of its study.yaml and its programs."""
        files = [self.folder / FILE, *sorted(self.folder.glob("*.py"))]
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def read(folder: Path) -> Study:
    """The study in `folder`; UserError names its file and what is wrong."""
    path = folder / FILE
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path} cannot be read: {' '.join(str(error).split())}") from None
    try:
        return made(folder, held)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def made(folder: Path, held: Any) -> Study:
    table(held, "the study", KEYS)
    for key in NEEDED:
        if not held.get(key):
            raise UserError(f"it has no {key}: it is needed")
    data = {name: words(found, f"data.{name}") for name, found in table(held["data"], "data").items()}
    arms = {
        arm.name: arm
        for name, found in table(held["arms"], "arms").items()
        for arm in arms_of(name, found, folder, data)
    }
    common = words(held.get("evaluation"), "evaluation")
    measures = {n: measure.made(n, one, common, folder) for n, one in table(held["measures"], "measures").items()}
    if taken := [name for name in measures if name in results.TEXTS]:
        raise UserError(f"measures.{taken[0]}: results.csv has another column of this name: choose a longer one")
    analyses = {n: analysis.made(n, one, folder) for n, one in table(held.get("analyses") or {}, "analyses").items()}
    better = lambda of: {name: one.better for name, one in of.items()}
    places = {name: [one for one in data if arm.is_on(one)] for name, arm in arms.items()}
    names = expectation.Names(places, data, better(measures), better(analyses))
    budgets = table(held["budgets"], "budgets")
    for name in (FULL, "smoke"):
        if name not in budgets:
            raise UserError(f"budgets has no {name}: it is needed")
    figure = table(held.get("figure") or {}, "figure", FIGURE)
    pictures = table(held.get("pictures") or {}, "pictures", PICTURES)
    named(figure.get("measures") or (), measures, "figure.measures")
    named(pictures.get("arms") or (), arms, "pictures.arms")
    return Study(
        folder.name, folder, str(held["title"]), str(held["claim"]), str(held["source"]),
        words(held.get("answers"), "answers"), words(held.get("base"), "base"), arms, data, measures, analyses,
        tuple(one for text in held.get("expectations") or () for one in expectation.expectations(text, names)),
        tuple(one for text in held.get("published") or () for one in expectation.published(text, names)),
        figure, pictures,
        {name: budget(name, one, number(held["seeds"], "seeds"), arms, data) for name, one in budgets.items()},
        str(held.get("open") or ""),
    )  # fmt: skip


def arms_of(name: str, found: Any, folder: Path, data: Collection[str]) -> list[Arm]:
    """The arm of this name; of one with a grid every cell, named after its values: beta_1, beta_4."""
    if isinstance(found, list) or found is None:
        return [Arm(name, words(found, f"arms.{name}"))]
    table(found, f"arms.{name}", ARM)
    mine, grid = words(found.get("words"), f"arms.{name}.words"), table(found.get("grid") or {}, f"arms.{name}.grid")
    seeds = number(found["seeds"], f"arms.{name}.seeds") if "seeds" in found else 0
    program = Program.read(str(found["program"]), folder) if "program" in found else None
    where = named(words(found.get("data"), f"arms.{name}.data"), data, f"arms.{name}.data")
    cells = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    called = lambda cell: "_".join([name, *(str(value).replace("/", "_") for value in cell.values())])
    return [
        Arm(called(cell), (*mine, *(f"{key}={value}" for key, value in cell.items())), seeds, program, cell, where)
        for cell in cells
    ]


def budget(name: str, found: Any, seeds: int, arms: Collection[str], data: Collection[str]) -> Budget:
    where = f"budgets.{name}"
    if isinstance(found, list) or found is None:
        return Budget(name, words(found, where), seeds)
    table(found, where, BUDGET)
    some = lambda key, known: named(words(found.get(key), f"{where}.{key}"), known, f"{where}.{key}")
    own = number(found.get("seeds", seeds), f"{where}.seeds")
    mine, measured = (words(found.get(key), f"{where}.{key}") for key in ("words", "evaluation"))
    return Budget(name, mine, own, some("arms", arms), some("data", data), measured)
