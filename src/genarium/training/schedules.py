"""Schedules: pure functions of the number of images seen, each with its final value."""

import math
from collections.abc import Callable

from genarium.errors import UserError


class Schedule:
    """Schedule: its value `at` a number of images seen, and its `final` value, which holds when training is over."""

    def __init__(self, at: Callable[[int], float], final: float) -> None:
        self.at, self.final = at, final

    def __call__(self, images: int) -> float:
        return self.at(images)


def full() -> Schedule:
    """Constant schedule of 1.

    >>> full()(10**6)
    1.0
    """
    return Schedule(lambda images: 1.0, final=1.0)


ALWAYS = full()


def linear(start: float, stop: float, over: int, hold: int = 0) -> Schedule:
    """Linear schedule from `start` to `stop` at `over` images, then constant; `start` for the first `hold` images.

    >>> [linear(0.0, 1.0, over=100)(images) for images in (0, 25, 100, 1000)]
    [0.0, 0.25, 1.0, 1.0]
    >>> [linear(1.0, 0.0, over=100, hold=50)(images) for images in (0, 50, 75, 100)]
    [1.0, 1.0, 0.5, 0.0]
    """
    positive("over", over - hold)
    part = lambda images: min(max(images - hold, 0) / (over - hold), 1.0)
    return Schedule(lambda images: start + (stop - start) * part(images), final=stop)


def exponential(start: float, stop: float, over: int) -> Schedule:
    """Exponential schedule from `start` to `stop` over the first `over` images, then constant.

    >>> [round(exponential(1.0, 0.01, over=100)(images), 6) for images in (0, 50, 100, 1000)]
    [1.0, 0.1, 0.01, 0.01]
    """
    positive("over", over)
    if start * stop <= 0:
        raise UserError(f"start={start}, stop={stop}: a number that changes by a factor never reaches 0: take linear")
    return Schedule(lambda images: start * (stop / start) ** min(images / over, 1.0), final=stop)


def cosine(start: float, stop: float, over: int, warmup: int = 0) -> Schedule:
    """Cosine schedule (Loshchilov & Hutter, arXiv:1608.03983, eq. 5 without restarts), after a linear warmup.

    From 0 to `start` over `warmup` images, then half a cosine to `stop` at `over` images.

    >>> [round(cosine(1.0, 0.0, over=110, warmup=10)(images), 6) for images in (5, 10, 60, 110)]
    [0.5, 1.0, 0.5, 0.0]
    """

    def at(images: int) -> float:
        if images < warmup:
            return start * images / warmup
        done = min((images - warmup) / max(over - warmup, 1), 1.0)
        return stop + (start - stop) * (1 + math.cos(math.pi * done)) / 2

    return Schedule(at, final=stop)


def cyclical(start: float, stop: float, period: int, rise: float) -> Schedule:
    """Cyclical schedule (Fu et al., arXiv:1903.10145): in every `period` images, a linear rise, then constant.

    From `start` to `stop` over the fraction `rise` of the period. The final value is `stop`, wherever in a period
    training ends.

    >>> [cyclical(0.0, 1.0, period=100, rise=0.5)(images) for images in (0, 25, 75, 100)]
    [0.0, 0.5, 1.0, 0.0]
    """
    positive("period", period)
    positive("rise", rise)
    return Schedule(lambda images: start + (stop - start) * min(images % period / period / rise, 1.0), final=stop)


def positive(name: str, value: float) -> None:
    if not value > 0:
        raise UserError(f"{name}={value}: a schedule needs a number above 0")
