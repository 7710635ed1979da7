"""Search space: words of Hydra's sweep grammar, read as ranges and lists of values. No Optuna at import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, RangeSweep

from genarium.config.grammar import parse
from genarium.config.overrides import values_of
from genarium.errors import UserError

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

TAGS = {"log"}


@dataclass(frozen=True)
class Categorical:
    """One of some values, each as it is typed."""

    key: str
    options: tuple[str, ...]

    def ends(self) -> list[str]:
        """Words enough to find what is wrong with any of its values."""
        return [f"{self.key}={option}" for option in self.options]

    def distribution(self) -> "BaseDistribution":
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(self.options)

    def suggest(self, trial: "Trial") -> str:
        return trial.suggest_categorical(self.key, self.options)

    def word(self, value: Any) -> str:
        return f"{self.key}={value}"


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`, both included; `whole` ones, or on a logarithmic scale, or in steps."""

    key: str
    low: float
    high: float
    whole: bool = False
    log: bool = False
    step: float | None = None

    def ends(self) -> list[str]:
        return [self.word(self.low), self.word(self.high)]

    def distribution(self) -> "BaseDistribution":
        from optuna.distributions import FloatDistribution, IntDistribution

        if self.whole:
            return IntDistribution(int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return FloatDistribution(self.low, self.high, log=self.log, step=self.step)

    def suggest(self, trial: "Trial") -> float:
        if self.whole:
            return trial.suggest_int(self.key, int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return trial.suggest_float(self.key, self.low, self.high, log=self.log, step=self.step)

    def word(self, value: Any) -> str:
        return f"{self.key}={int(value) if self.whole else float(value)!r}"


Dimension = Categorical | Interval


def space_of(words: Sequence[str], whole: frozenset[str] = frozenset()) -> tuple[list[str], list[Dimension]]:
    """(the words with one value, the dimensions that the others span); keys in `whole` take whole numbers."""
    fixed, space = [], []
    for word in words:
        override = parse(word)
        if not override.is_sweep_override():
            fixed.append(word)
            continue
        space.append(dimension(word, override.get_key_element(), override.value(), whole))
    return fixed, space


def dimension(word: str, key: str, sweep: Any, whole: frozenset[str]) -> Dimension:
    tags = getattr(sweep, "tags", set())
    if unknown := sorted(tags - TAGS):
        raise UserError(f"{word}: there is no tag '{unknown[0]}'; write tag(log,…), or leave it out")
    if isinstance(sweep, IntervalSweep):
        start, end = sweep.start, sweep.end
        assert start is not None and end is not None
        integer = isinstance(start, int) or key in whole
        return checked(word, Interval(key, start, end, integer, "log" in tags))
    if isinstance(sweep, RangeSweep) and len(found := values_of(word)) > 1:
        low, high = (float(one.partition("=")[2]) for one in (found[0], found[-1]))
        integer = isinstance(sweep.start, int) and isinstance(sweep.step, int)
        if "log" in tags and sweep.step not in (1, None):
            raise UserError(f"{word}: a range with steps has no logarithmic scale; write tag(log,interval(…))")
        return checked(word, Interval(key, low, high, integer, "log" in tags, None if "log" in tags else sweep.step))
    if isinstance(sweep, ChoiceSweep | RangeSweep) and "log" in tags:
        raise UserError(f"{word}: values of a list have no scale; leave tag(log,…) out")
    options = tuple(one.partition("=")[2] for one in values_of(word))
    if len(set(options)) < len(options):
        raise UserError(f"{word} names a value twice: name each once")
    return Categorical(key, options)


def checked(word: str, interval: Interval) -> Interval:
    if not interval.low < interval.high:
        raise UserError(f"{word}: the first number must be below the second")
    if interval.log and interval.low <= 0:
        raise UserError(f"{word}: a logarithmic scale begins above 0; write {interval.key}=tag(log,interval(1e-5,…))")
    return interval


def chosen(space: Sequence[Dimension], values: Mapping[str, Any]) -> list[str]:
    """Words of one point of the space, as far as it is known."""
    return [one.word(values[one.key]) for one in space if one.key in values]
