"""Statements of a study file, as they are written and as they are checked.

arms.pac2 > arms.gan on modes_covered by 1         the difference exceeds 1, with every data set
arms.pac2 better than arms.gan on fd in flowers    better by the metric's direction, on one data set
arms.ae < arms.pca on mse across data              paired: a data set is a block, its seeds averaged
arms.ae_linear = arms.pca on mse within 0.1        equivalent: the means differ by less than 0.1
arms.wgan > 0.5 on rank_correlation                against a number instead of an arm
arms.ae on fd_gmm better than arms.ae on fd_normal another measure of the same direction
analyses.seed_share > analyses.model_share by 0.1  numbers of the whole study, see analysis.py
iwae.negative_log_likelihood = 84.78 ± 0.5         a published value, met within ± 0.5
ali.modes_covered = 13.4 ± 5.8 across data          of the mean over data sets
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from genarium.errors import UserError, nearest
from genarium.metrics import catalog

NUMBER = r"[+-]?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?"
SIDE = r"(?:arms|analyses)\.\S+"
EXPECTATION = re.compile(
    rf"(?P<a>{SIDE})(?: on (?P<first>\S+))? (?P<relation>>|<|=|better than) (?:(?P<b>{SIDE})|(?P<number>{NUMBER}))"
    rf"(?: on (?P<measure>\S+))?(?: (?:by|within) (?P<margin>{NUMBER}))?(?: in (?P<data>\S+)|(?P<across> across data))?"
)
PUBLISHED = re.compile(
    rf"(?P<arm>[^\s.]+)\.(?P<measure>\S+) = (?P<value>{NUMBER})(?: ± (?P<margin>{NUMBER}))?"
    r"(?: in (?P<data>\S+)|(?P<across> across data))?"
)
HOW = "arms.A > arms.B on MEASURE by NUMBER (or <, `better than`, `= … within NUMBER`; in DATA, or across data)"


class Side(NamedTuple):
    """An arm on a measure; an analysis, which is of all arms, has none."""

    name: str
    measure: str = ""


@dataclass(frozen=True)
class Expectation:
    """A stands in `relation` to B, another side or a number, by more than `margin`; '=': within it."""

    text: str
    a: Side
    relation: str  # > < =
    b: Side | float
    margin: float
    data: str  # '' where data sets are blocks
    better: str  # direction of what is compared

    @property
    def about(self) -> str:
        """What is compared: a measure, or an analysis."""
        return self.a.measure or self.a.name

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
    data: str  # '' where it is of the mean over data sets


@dataclass(frozen=True)
class Names:
    """What a statement may name: arms with the data sets that each is on, data sets, and measures and analyses with
    their directions."""

    arms: Mapping[str, Collection[str]]
    data: Collection[str]
    measures: Mapping[str, str]
    analyses: Mapping[str, str] = field(default_factory=dict)


def expectations(text: str, names: Names) -> list[Expectation]:
    """The expectations of one statement, one a data set; UserError where it is not understood or names what is not
    there."""
    text = " ".join(text.split())
    found = EXPECTATION.fullmatch(text)
    if not found:
        raise UserError(f"the expectation '{text}' cannot be read: write {HOW}")
    a, one = side(found["a"], found["first"] or found["measure"], names, text)
    b, other = side(found["b"], found["measure"], names, text) if found["b"] else (float(found["number"]), one)
    if one != other:
        raise UserError(f"'{text}': of its two sides one is better when {one}, the other when {other}")
    known(found["data"], names.data, "data set", text)
    relation = found["relation"]
    if relation == "better than":
        if one not in (catalog.LOWER, catalog.HIGHER):
            raise UserError(
                f"'{text}': nothing says which direction is better: write > or <, or give better: higher or lower"
            )
        relation = "<" if one == catalog.LOWER else ">"
    if relation == "=" and not found["margin"]:
        raise UserError(f"'{text}': say within which difference the two count as equal: = … within NUMBER")
    margin = float(found["margin"] or 0)
    if found["across"] and not all(part.measure for part in (a, b) if isinstance(part, Side)):
        raise UserError(f"'{text}': an analysis is of one data set: leave out `across data`")
    of_arms = [part.name for part in (a, b) if isinstance(part, Side) and part.measure]
    return [
        Expectation(text, a, relation, b, margin, place, one)
        for place in places(of_arms, found["data"], found["across"], names, text)
    ]


def places(arms: Sequence[str], data: str | None, across: str | None, names: Names, text: str) -> list[str]:
    """The data sets that a statement about `arms` is of, those that all of them are on; [''] for all as blocks."""
    for place in [data] if data else names.data if across else ():
        for arm in arms:
            if place not in names.arms[arm]:
                raise UserError(f"'{text}': arm {arm} is on {', '.join(names.arms[arm])} alone: say in which")
    where = [place for place in names.data if all(place in names.arms[arm] for arm in arms)]
    if not where:
        raise UserError(f"'{text}': {' and '.join(arms)} share no data set")
    return [""] if across else [data] if data else where


def side(word: str, measure: str | None, names: Names, text: str) -> tuple[Side, str]:
    """(arms.NAME on a measure, or analyses.NAME; its better direction)."""
    kind, _, name = word.partition(".")
    if kind == "analyses":
        known(name, names.analyses, "analysis", text)
        return Side(name), names.analyses[name]
    known(name, names.arms, "arm", text)
    if not measure:
        raise UserError(f"'{text}': say on which measure: write {HOW}")
    known(measure, names.measures, "measure", text)
    return Side(name, measure), names.measures[measure]


def published(text: str, names: Names) -> list[Published]:
    found = PUBLISHED.fullmatch(" ".join(text.split()))
    if not found:
        raise UserError(
            f"the published value '{text}' cannot be read: write ARM.MEASURE = VALUE ± MARGIN (in DATA, or across data)"
        )
    known(found["arm"], names.arms, "arm", text)
    known(found["measure"], names.measures, "measure", text)
    known(found["data"], names.data, "data set", text)
    margin = float(found["margin"]) if found["margin"] else None
    where = places([found["arm"]], found["data"], found["across"], names, text)
    return [Published(text, found["arm"], found["measure"], float(found["value"]), margin, one) for one in where]


def known(name: str | None, names: Collection[str], kind: str, text: str) -> None:
    if name is not None and name not in names:
        raise UserError(f"'{text}': there is no {kind} '{name}'{nearest(name, names)}")
