"""Controls of super-sampled signals that need no network: interpolations, and linear regression."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from genarium.evaluation.pairs import Pairs
from genarium.evaluation.translation_controls import ridge


def signal_controls(tried: Pairs, train: Pairs) -> Iterator[tuple[str, Callable[[], Tensor]]]:
    """(name, what makes it of the sources of `tried`), fitted to the pairs `train` where it is fitted."""
    yield "copy", lambda: tried.shown
    yield "ridge", lambda: ridge(tried, train)
    if tried.factor > 1:
        yield "linear", lambda: interpolated(tried, "linear")
        yield "cubic", lambda: interpolated(tried, "cubic")


def interpolated(pairs: Pairs, kind: str) -> Tensor:
    """Straight lines or cubic splines through the known samples, each at its own time; before the first and after the
    last they are held."""
    length, known = pairs.targets.shape[-1], pairs.sources[..., :: pairs.factor].double().numpy()
    times = times_of(pairs)
    asked = np.clip(np.arange(length), times[0], times[-1])
    if kind == "cubic":
        made = CubicSpline(times, known, axis=-1)(asked)
    else:
        made = np.apply_along_axis(lambda values: np.interp(asked, times, values), -1, known)
    return torch.from_numpy(made).float()


def times_of(pairs: Pairs) -> np.ndarray:
    """When the known samples are, in samples of the target: the first of each group where that is what was kept, as in
    decimation, else its middle."""
    first = np.arange(0, pairs.targets.shape[-1], pairs.factor)
    kept = torch.equal(pairs.sources[..., :: pairs.factor], pairs.targets[..., :: pairs.factor])
    return first + (0 if kept else (pairs.factor - 1) / 2)
