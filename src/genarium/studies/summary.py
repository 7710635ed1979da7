"""Results of a study by arm, data set and measure, and the verdicts on its expectations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genarium.studies import statistics, verdict
from genarium.studies.expectation import Expectation, Published, Side
from genarium.studies.results import FAILED, JobRow
from genarium.studies.statistics import ConfidenceInterval
from genarium.studies.study_file import Study
from genarium.studies.verdict import OPEN, PILOT, Evidence, Verdict

MET, MISSED = "met", "missed"


@dataclass(frozen=True)
class Estimate:
    """One arm's values of a measure on a data set: the interval of those that are finite, and how many are not."""

    values: tuple[float, ...]
    interval: ConfidenceInterval | None
    failed: int


@dataclass(frozen=True)
class Compared:
    """A published value beside ours: `word` is met where our whole interval is within its margin, missed where it is
    outside, else open; a pilot where seeds are few."""

    published: Published
    ours: Estimate
    word: str


class Summary:
    """What the rows of a study say."""

    def __init__(self, study: Study, rows: Sequence[JobRow]) -> None:
        self.study, self.rows = study, rows
        self.data = [name for name in study.data if any(row.data == name for row in rows)]
        self.arms = [name for name in study.arms if any(row.arm == name for row in rows)]
        self.verdicts = verdict.verdicts([(one, *self.sides(one)) for one in study.expectations])

    def values(self, data: str, arm: str, measure: str) -> list[float]:
        """One a seed, NaN where it failed or could not be measured; empty where none was measured. Of the data set ""
        one a data set, the mean over its seeds."""
        if not data:
            return [one for one in self.blocks(Side(arm, measure)) if one is not None]
        found = [row.value(measure) for row in self.rows if (row.data, row.arm) == (data, arm)]
        return [math.nan if one is None else one for one in found] if any(one is not None for one in found) else []

    @property
    def places(self) -> list[str]:
        """Data sets whose numbers are shown apart; "", their mean, where expectations take them for blocks."""
        kinds = {one.blocks for one in self.study.expectations if one.a.measure}
        return [""] if self.data and kinds == {True} else self.data

    def cell(self, data: str, arm: str, measure: str) -> Estimate:
        values = self.values(data, arm, measure)
        finite = [one for one in values if math.isfinite(one)]
        log = self.study.measures[measure].log and all(one > 0 for one in finite)
        interval = statistics.mean_interval(finite, log) if finite else None
        return Estimate(tuple(values), interval, len(values) - len(finite))

    def analysis(self, data: str, name: str) -> Estimate:
        """An analysis on a data set: what each seed adds to it, whose mean and interval are the jackknife's."""
        values = self.study.analyses[name].by_seed([row for row in self.rows if row.data == data])
        finite = [one for one in values if math.isfinite(one)]
        return Estimate(tuple(values), statistics.mean_interval(finite) if finite else None, len(values) - len(finite))

    def sides(self, one: Expectation) -> tuple[list[float], list[float]]:
        """Values of A and of B: one a seed, or one a data set where these are blocks."""
        if one.blocks:
            a, b = (self.blocks(side) for side in (one.a, one.b))
            both = [pair for pair in zip(a, b, strict=True) if None not in pair]
            return [x for x, _ in both], [y for _, y in both]  # type: ignore[misc]
        a = self.side(one.a, one.data)
        return a, self.side(one.b, one.data) if isinstance(one.b, Side) else [one.b] * len(a)

    def side(self, one: Side, data: str) -> list[float]:
        return self.values(data, *one) if one.measure else list(self.analysis(data, one.name).values)

    def blocks(self, side: Side | float) -> list[float | None]:
        """Mean over seeds on each data set; NaN where a seed failed."""
        if not isinstance(side, Side):
            return [side] * len(self.data)
        found = [self.side(side, data) for data in self.data]
        return [float(np.mean(values)) if values else None for values in found]

    def published(self) -> list[Compared]:
        return [self.compared(one) for one in self.study.published if not one.data or one.data in self.data]

    def compared(self, one: Published) -> Compared:
        ours = self.cell(one.data, one.arm, one.measure)
        if ours.interval is None or one.margin is None:
            return Compared(one, ours, OPEN if ours.interval is None else "")
        if len(ours.values) < verdict.LEAST:
            return Compared(one, ours, PILOT)
        low, high = ours.interval.low - one.value, ours.interval.high - one.value
        inside = -one.margin <= low and high <= one.margin
        word = MET if inside and not ours.failed else MISSED if low > one.margin or high < -one.margin else OPEN
        return Compared(one, ours, word)

    @property
    def has_evidence(self) -> bool:
        """Whether its runs say something about one expectation at least."""
        return any(one.evidence for one in self.verdicts)

    @property
    def word(self) -> str:
        """Verdict on the claim: that of its expectations where they agree, else how many have which."""
        words = [one.word for one in self.verdicts]
        if not words:
            return "no expectation" if self.rows else OPEN
        kinds = sorted(set(words), key=words.index)
        return kinds[0] if len(kinds) == 1 else ", ".join(f"{words.count(kind)} {kind}" for kind in kinds)

    @property
    def failed(self) -> int:
        return sum(row.status == FAILED for row in self.rows)

    @property
    def seeds(self) -> str:
        """Seeds an arm: 10, 1-10, or `20 blocks of 1` where data sets are blocks."""
        cells = [(data, arm) for data in self.data for arm in self.arms]
        counts = {sum((row.data, row.arm) == cell for row in self.rows) for cell in cells} - {0}
        told = "-".join(map(str, sorted({min(counts), max(counts)}))) if counts else "0"
        return told if self.places == self.data else f"{len(self.data)} blocks of {told}"


def headline(found: Sequence[Verdict]) -> Evidence | None:
    """What the runs say about the first expectation that they say something about."""
    return next((one.evidence for one in found if one.evidence), None)
