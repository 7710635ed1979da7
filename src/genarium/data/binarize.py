"""Dynamic binarization: a gray pixel is the probability of a white one (Salakhutdinov & Murray, ICML 2008), drawn anew
for training each time an image is seen, and once and for all for images that measure."""

import numpy as np
import torch
from torch import Tensor

DRAW = 2  # beside stream.ORDER and stream.MIRROR: what random numbers are for


def levels(rng: np.random.Generator, count: int, shape: tuple[int, ...]) -> np.ndarray:
    """(count, *shape) uint8 of 0 … 254: a pixel value v is above its level with probability v / 255."""
    return rng.integers(0, 255, (count, *shape), dtype=np.uint8)


def levels_of_batch(seed: int, position: int, count: int, shape: tuple[int, ...]) -> np.ndarray:
    """For the whole training batch at `position` of the run."""
    return levels(np.random.default_rng((seed, position, DRAW)), count, shape)


def levels_of_rows(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Fixed thresholds of images that are measured: each row's own, in any batch."""
    return np.concatenate([levels(np.random.default_rng((int(row), DRAW)), 1, shape) for row in rows])


def binary(pixels: Tensor, drawn: Tensor) -> Tensor:
    """(B, C, R, R) uint8 -> the same with 0 and 255 only."""
    return (pixels > drawn).to(torch.uint8) * 255
