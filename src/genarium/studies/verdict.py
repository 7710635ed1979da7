"""Verdict on an expectation, by a rule that is stated before the runs: supported, refuted, undecided or pilot.

supported   n >= 5, p < 0.05 after Holm's correction over the study, and the interval of the difference above the margin
refuted     n >= 5, and the interval below 0, or the difference within the margin by two one-sided tests
undecided   else, with the number of seeds that would decide
pilot       n < 5
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import gammaln

from genarium.metrics import catalog
from genarium.studies import statistics
from genarium.studies.expectation import Expectation, Side
from genarium.studies.statistics import ALPHA, LEVEL, ConfidenceInterval

SUPPORTED, REFUTED, UNDECIDED, PILOT, OPEN = "supported", "refuted", "undecided", "pilot", "open"
LEAST = 5
POWER, MOST = 0.8, 1_000


@dataclass(frozen=True)
class Evidence:
    """What the runs say about an expectation: values (n,) of both sides, the sign such that the claim is `a` above `b`.
    A run that failed, or whose number is not finite, has the worst finite value of both sides, and the lowest rank."""

    expectation: Expectation
    a: np.ndarray
    b: np.ndarray
    effect: ConfidenceInterval  # A less B, in the measure's own sign
    superiority: ConfidenceInterval  # P(A better than B, as claimed)
    p: float
    failed: int
    paired: bool

    @property
    def n(self) -> int:
        return min(len(self.a), len(self.b))


@dataclass(frozen=True)
class Verdict:
    """`p` is Holm's; `seeds` would decide, None where more than `MOST` would be needed or nothing is undecided."""

    word: str
    evidence: Evidence | None
    p: float = math.nan
    seeds: int | None = None


def verdicts(pairs: Sequence[tuple[Expectation, Sequence[float], Sequence[float]]]) -> list[Verdict]:
    """One for each expectation of a study, from the values of its two sides, NaN where a run failed."""
    evidence = [gathered(*pair) if len(pair[1]) and len(pair[2]) else None for pair in pairs]
    corrected = iter(statistics.holm([one.p for one in evidence if one]))
    return [judged(one, next(corrected), len(pairs)) if one else Verdict(OPEN, None) for one in evidence]


def gathered(expectation: Expectation, a: Sequence[float], b: Sequence[float]) -> Evidence:
    against_number = not isinstance(expectation.b, Side)
    paired = expectation.blocks or against_number
    x, y = expectation.sign * np.asarray(a, float), expectation.sign * np.asarray(b, float)
    lost = ~np.isfinite(np.concatenate([x, y]))
    x, y = with_worst(x, y, expectation)
    both = stats.rankdata(np.concatenate([x, y]))
    worst = np.where(lost, ranks_of_lost(lost, len(x), expectation) * (len(both) + 1), both)
    ranks = (worst[: len(x)], worst[len(x) :])
    x, y = np.where(np.isfinite(x), x, 0), np.where(np.isfinite(y), y, 0)
    if expectation.relation == "=":
        p = statistics.equivalence_p(x, y, expectation.margin, paired)
    else:
        p = statistics.permutation_p(*(ranks if lost.any() else (x, y)), paired=paired)
    effect = statistics.mean_difference(x, y, paired)
    if expectation.sign < 0:
        effect = ConfidenceInterval(0.0 - effect.estimate, -effect.high, -effect.low)
    superiority = statistics.probability_of_superiority(*ranks)
    return Evidence(expectation, x, y, effect, superiority, p, int(lost.sum()), paired)


def ranks_of_lost(lost: np.ndarray, n: int, expectation: Expectation) -> np.ndarray:
    """-1 for runs that failed on the side where failing is the lower one, 1 where it is the upper one."""
    side = np.where(np.arange(len(lost)) < n, -1, 1)
    if expectation.better == catalog.NEITHER:
        return side  # against the claim
    worst = -1 if expectation.better == catalog.HIGHER else 1
    return np.full(len(lost), worst * expectation.sign)


def with_worst(x: np.ndarray, y: np.ndarray, expectation: Expectation) -> tuple[np.ndarray, np.ndarray]:
    """Both sides with the worst finite value of either in the place of those that are not finite."""
    whole = np.concatenate([x, y])
    finite = whole[np.isfinite(whole)]
    if not len(finite):
        return x, y
    side = ranks_of_lost(~np.isfinite(whole), len(x), expectation)
    whole = np.where(np.isfinite(whole), whole, np.where(side < 0, finite.min(), finite.max()))
    return whole[: len(x)], whole[len(x) :]


def judged(evidence: Evidence, p: float, tests: int) -> Verdict:
    expectation, margin = evidence.expectation, evidence.expectation.margin
    if evidence.n < LEAST:
        return Verdict(PILOT, evidence, p)
    low, high = sorted(expectation.sign * bound for bound in evidence.effect[1:])
    if expectation.relation == "=":
        word = SUPPORTED if p < ALPHA else REFUTED if low > margin or high < -margin else UNDECIDED
    else:
        equal = margin > 0 and statistics.equivalence_p(evidence.a, evidence.b, margin, evidence.paired) < ALPHA
        word = SUPPORTED if p < ALPHA and low > margin else REFUTED if high < 0 or equal else UNDECIDED
    return Verdict(word, evidence, p, seeds_to_decide(evidence, tests) if word == UNDECIDED else None)


def seeds_to_decide(evidence: Evidence, tests: int) -> int | None:
    """Seeds an arm with which the rule decides with a power of 0.8, were effect and spread as they are seen now."""
    a, b, paired = evidence.a, evidence.b, evidence.paired
    margin, equal = evidence.expectation.margin, evidence.expectation.relation == "="
    variance = np.var(a - b, ddof=1) if paired else np.var(a, ddof=1) + np.var(b, ddof=1)
    effect = float(a.mean() - b.mean())
    n = np.arange(evidence.n + 1, MOST + 1)
    error, freedom = np.sqrt(variance / n), (n - 1) if paired else 2 * (n - 1)
    wide, narrow = (
        (stats.t.ppf(level, freedom) + stats.t.ppf(POWER, freedom)) * error for level in ((1 + LEVEL) / 2, 1 - ALPHA)
    )
    permutations = n * math.log(2) if paired else gammaln(2 * n + 1) - 2 * gammaln(n + 1)
    reachable = math.log(2 * tests) - permutations < math.log(ALPHA)
    decided = (abs(effect) + narrow < margin) | (effect + wide < (-margin if equal else 0))
    decided |= (effect - wide > margin) & reachable
    return int(n[decided][0]) if decided.any() else None
