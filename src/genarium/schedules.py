"""Numbers that change over training, as pure functions of the number of images seen."""

import math


def full(images: int) -> float:
    """1, always."""
    return 1.0


def linear(images: int, start: float, stop: float, over: int) -> float:
    """From `start` to `stop` over the first `over` images, then flat."""
    return start + (stop - start) * min(images / over, 1.0)


def exponential(images: int, start: float, stop: float, over: int) -> float:
    """From `start` to `stop` over the first `over` images by the same factor for each, then flat."""
    return start * (stop / start) ** min(images / over, 1.0)


def cosine(images: int, start: float, stop: float, over: int, warmup: int = 0) -> float:
    """Linear from 0 to `start` over `warmup` images, then half a cosine to `stop` at `over` images
    (Loshchilov & Hutter, arXiv:1608.03983, eq. 5 without restarts)."""
    if images < warmup:
        return start * images / warmup
    done = min((images - warmup) / max(over - warmup, 1), 1.0)
    return stop + (start - stop) * (1 + math.cos(math.pi * done)) / 2


def cyclical(images: int, start: float, stop: float, period: int, rise: float) -> float:
    """In every `period` images, linear from `start` to `stop` over the share `rise` of it, then flat
    (Fu et al., arXiv:1903.10145)."""
    phase = (images % period) / period
    return start + (stop - start) * min(phase / rise, 1.0)
