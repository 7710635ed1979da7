"""Numbers that change over training, as pure functions of the number of images seen, which say where they end."""

import math
from collections.abc import Callable

from genarium.errors import UserError


class Schedule:
    """The number `at` so many images seen, and its `final` value: what it is when training is over."""

    def __init__(self, at: Callable[[int], float], final: float) -> None:
        self.at, self.final = at, final

    def __call__(self, images: int) -> float:
        return self.at(images)


def full() -> Schedule:
    """1, always."""
    return Schedule(lambda images: 1.0, final=1.0)


ALWAYS = full()


def linear(start: float, stop: float, over: int) -> Schedule:
    """From `start` to `stop` over the first `over` images, then flat."""
    positive("over", over)
    return Schedule(lambda images: start + (stop - start) * min(images / over, 1.0), final=stop)


def exponential(start: float, stop: float, over: int) -> Schedule:
    """From `start` to `stop` over the first `over` images by the same factor for each, then flat."""
    positive("over", over)
    if start * stop <= 0:
        raise UserError(f"start={start}, stop={stop}: a number that changes by a factor never reaches 0: take linear")
    return Schedule(lambda images: start * (stop / start) ** min(images / over, 1.0), final=stop)


def cosine(start: float, stop: float, over: int, warmup: int = 0) -> Schedule:
    """Linear from 0 to `start` over `warmup` images, then half a cosine to `stop` at `over` images
    (Loshchilov & Hutter, arXiv:1608.03983, eq. 5 without restarts)."""

    def at(images: int) -> float:
        if images < warmup:
            return start * images / warmup
        done = min((images - warmup) / max(over - warmup, 1), 1.0)
        return stop + (start - stop) * (1 + math.cos(math.pi * done)) / 2

    return Schedule(at, final=stop)


def cyclical(start: float, stop: float, period: int, rise: float) -> Schedule:
    """In every `period` images, linear from `start` to `stop` over the share `rise` of it, then flat
    (Fu et al., arXiv:1903.10145). Its final value is `stop`, wherever in a period training ends."""
    positive("period", period)
    positive("rise", rise)
    return Schedule(lambda images: start + (stop - start) * min(images % period / period / rise, 1.0), final=stop)


def positive(name: str, value: float) -> None:
    if not value > 0:
        raise UserError(f"{name}={value}: a schedule needs a number above 0")
