"""Statements of a study file, as they are written and as they are checked.

arms.pac2 > arms.gan on modes_covered by 1         the difference exceeds 1, with every data set
arms.pac2 better than arms.gan on fd in flowers    better by the metric's direction, on one data set
arms.ae < arms.pca on mse across data              paired: a data set is a block, its seeds averaged
arms.ae_linear = arms.pca on mse within 0.1        equivalent: the means differ by less than 0.1
arms.wgan > 0.5 on rank_correlation                against a number instead of an arm
iwae.negative_log_likelihood = 84.78 ± 0.5         a published value, met within ± 0.5
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from genarium.errors import UserError, nearest
from genarium.metrics import catalog

NUMBER = r"[+-]?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?"
EXPECTATION = re.compile(
    rf"arms\.(?P<a>\S+) (?P<relation>>|<|=|better than) (?:arms\.(?P<b>\S+)|(?P<number>{NUMBER})) on (?P<measure>\S+)"
    rf"(?: (?:by|within) (?P<margin>{NUMBER}))?(?: in (?P<data>\S+)|(?P<across> across data))?"
)
PUBLISHED = re.compile(
    rf"(?P<arm>[^\s.]+)\.(?P<measure>\S+) = (?P<value>{NUMBER})(?: ± (?P<margin>{NUMBER}))?(?: in (?P<data>\S+))?"
)
HOW = "arms.A > arms.B on MEASURE by NUMBER (or <, `better than`, `= … within NUMBER`; in DATA, or across data)"


@dataclass(frozen=True)
class Expectation:
    """A stands in `relation` to B, an arm or a number, on `measure` by more than `margin`; '=': within it."""

    text: str
    a: str
    relation: str  # > < =
    b: str | float
    measure: str
    margin: float
    data: str  # '' where data sets are blocks
    better: str  # direction of the measure

    @property
    def blocks(self) -> bool:
        return not self.data

    @property
    def sign(self) -> int:
        """1 where A is to be the larger one, -1 where it is to be the smaller one."""
        return -1 if self.relation == "<" else 1


@dataclass(frozen=True)
class Published:
    """A value of the literature, `margin` the distance within which it counts as met (None: it is only compared)."""

    text: str
    arm: str
    measure: str
    value: float
    margin: float | None
    data: str


def expectations(
    text: str, arms: Collection[str], measures: dict[str, str], data: Collection[str]
) -> list[Expectation]:
    """The expectations of one statement, one a data set; `measures` with their directions. UserError where it is not
    understood or names what is not there."""
    found = EXPECTATION.fullmatch(" ".join(text.split()))
    if not found:
        raise UserError(f"the expectation '{text}' cannot be read: write {HOW}")
    a, b, measure = found["a"], found["b"], found["measure"]
    for arm in (a, b):
        known(arm, arms, "arm", text)
    known(measure, measures, "measure", text)
    known(found["data"], data, "data set", text)
    relation, better = found["relation"], measures[measure]
    if relation == "better than":
        if better not in (catalog.LOWER, catalog.HIGHER):
            raise UserError(
                f"'{text}': {measure} has no better direction: write > or <, or give it better: higher or lower"
            )
        relation = "<" if better == catalog.LOWER else ">"
    if relation == "=" and not found["margin"]:
        raise UserError(f"'{text}': say within which difference the two count as equal: = … on {measure} within NUMBER")
    right = b if b is not None else float(found["number"])
    margin = float(found["margin"] or 0)
    where = [""] if found["across"] else [found["data"]] if found["data"] else list(data)
    return [Expectation(" ".join(text.split()), a, relation, right, measure, margin, one, better) for one in where]


def published(text: str, arms: Collection[str], measures: Collection[str], data: Collection[str]) -> list[Published]:
    found = PUBLISHED.fullmatch(" ".join(text.split()))
    if not found:
        raise UserError(f"the published value '{text}' cannot be read: write ARM.MEASURE = VALUE ± MARGIN (in DATA)")
    known(found["arm"], arms, "arm", text)
    known(found["measure"], measures, "measure", text)
    known(found["data"], data, "data set", text)
    margin = float(found["margin"]) if found["margin"] else None
    return [
        Published(text, found["arm"], found["measure"], float(found["value"]), margin, one)
        for one in ([found["data"]] if found["data"] else data)
    ]


def known(name: str | None, names: Collection[str], kind: str, text: str) -> None:
    if name is not None and name not in names:
        raise UserError(f"'{text}': there is no {kind} '{name}'{nearest(name, names)}")
