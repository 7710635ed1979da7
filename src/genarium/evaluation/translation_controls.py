"""Controls of a translation: what needs no network. Each is a row beside the model's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.ridge import Ridge
from genarium.pixels import GRAY_LEVEL, to_bytes

FACTORS = (8, 4, 2)
LEVELS = 32
"""Of luma, by which chroma is predicted."""
RADIUS = 3
"""Of the neighborhood that TELEA reads, in pixels."""


@dataclass(frozen=True)
class Pairs:
    """Sources (N, S, R, R) and their targets (N, C, R, R), on the CPU."""

    sources: Tensor
    targets: Tensor

    @property
    def shown(self) -> Tensor:
        """The sources as images: without their mask, (N, C, R, R)."""
        return self.sources[:, : self.targets.shape[1]]

    @property
    def missing(self) -> Tensor | None:
        """(N, 1, R, R) bool; None where sources have no mask."""
        return self.sources[:, -1:] > 0 if self.sources.shape[1] == self.targets.shape[1] + 1 else None

    @property
    def factor(self) -> int:
        """How many times the sources were shrunk before their pixels were repeated; 1 where they were not."""
        for factor in FACTORS:
            small = self.sources[:, :, ::factor, ::factor]
            if torch.equal(small.repeat_interleave(factor, 2).repeat_interleave(factor, 3), self.sources):
                return factor
        return 1

    @property
    def is_gray(self) -> bool:
        """Whether the sources are gray and the targets colored."""
        flat = lambda x: x.shape[1] == 3 and bool((x == x[:, :1]).all())
        return self.missing is None and flat(self.shown) and not flat(self.targets)


def controls(tried: Pairs, train: Pairs) -> Iterator[tuple[str, Callable[[], Tensor]]]:
    """(name, what makes it of the sources of `tried`), fitted to the pairs `train` where it is fitted."""
    yield "copy", lambda: tried.shown
    yield "ridge", lambda: ridge(tried, train)
    if tried.missing is not None:
        yield "mean_color", lambda: filled(tried, mean_color(tried))
        yield "mean_image", lambda: filled(tried, train.targets.mean(0, keepdim=True).expand_as(tried.targets))
        yield "harmonic", lambda: filled(tried, harmonic(tried))
        yield "telea", lambda: filled(tried, telea(tried))
    elif tried.is_gray:
        yield "by_luma", lambda: by_luma(tried, train)
    elif tried.factor > 1:
        for name in ("bilinear", "bicubic", "lanczos"):
            yield name, lambda name=name: resized(tried, Image.Resampling[name.upper()])
    else:
        yield "mean_shift", lambda: (tried.shown + (train.targets - train.shown).mean(0)).clamp(-1, 1)
        yield "color_transfer", lambda: color_transfer(tried, train)
        yield "another_target", lambda: tried.targets.roll(1, 0)


def filled(pairs: Pairs, fill: Tensor) -> Tensor:
    """The sources with their missing pixels from `fill`."""
    assert pairs.missing is not None
    return torch.where(pairs.missing, fill, pairs.shown)


def ridge(tried: Pairs, train: Pairs) -> Tensor:
    """Linear regression on pairs; known pixels are kept."""
    step = tried.factor
    model = Ridge(train.sources[:, :, ::step, ::step], train.targets)
    made = model(tried.sources[:, :, ::step, ::step]).view_as(tried.targets)
    return made if tried.missing is None else filled(tried, made)


def mean_color(pairs: Pairs) -> Tensor:
    """The mean color of each image's known pixels."""
    assert pairs.missing is not None
    known = ~pairs.missing
    mean = (pairs.shown * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp_min(1)
    return mean.expand_as(pairs.targets)


def harmonic(pairs: Pairs) -> Tensor:
    """The fill whose every pixel is the mean of its neighbors: Laplace's equation with the known pixels around."""
    assert pairs.missing is not None
    made = pairs.shown.double().numpy().copy()
    for image, hole in zip(made, pairs.missing[:, 0].numpy(), strict=True):
        if hole.any() and not hole.all():
            solve_laplace(image, hole)
    return torch.from_numpy(made).float()


def solve_laplace(image: np.ndarray, hole: np.ndarray) -> None:
    """Fill `hole` (H, W) of `image` (C, H, W) in place."""
    number = np.full(hole.shape, -1)
    places = np.argwhere(hole)
    number[hole] = np.arange(len(places))
    matrix, right = lil_matrix((len(places), len(places))), np.zeros((len(places), len(image)))
    for row, (y, x) in enumerate(places):
        near = [(y + dy, x + dx) for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        near = [(j, i) for j, i in near if 0 <= j < hole.shape[0] and 0 <= i < hole.shape[1]]
        matrix[row, row] = len(near)
        for j, i in near:
            if hole[j, i]:
                matrix[row, number[j, i]] = -1
            else:
                right[row] += image[:, j, i]
    image[:, hole] = spsolve(matrix.tocsr(), right).reshape(len(places), -1).T


def telea(pairs: Pairs) -> Tensor:
    """The fill that marches inwards from the border of a hole (Telea, Journal of Graphics Tools 9 (2004)), OpenCV's, of
    bytes; UserError where OpenCV is not installed."""
    try:
        import cv2
    except ImportError:
        raise UserError("TELEA needs OpenCV: pip install opencv-python-headless") from None
    assert pairs.missing is not None
    made = []
    for image, hole in zip(to_bytes(pairs.shown), pairs.missing[:, 0].byte().numpy(), strict=True):
        planes = [cv2.inpaint(plane.numpy(), hole, RADIUS, cv2.INPAINT_TELEA) for plane in image]
        made.append(np.stack(planes))
    return torch.from_numpy(np.stack(made)).float() * GRAY_LEVEL - 1


def by_luma(tried: Pairs, train: Pairs) -> Tensor:
    """The mean color offset of training pixels of the same luma."""
    level = lambda pairs: ((pairs.shown[:, :1] + 1) / 2 * LEVELS).long().clamp(0, LEVELS - 1)
    found, offset = level(train).flatten(), (train.targets - train.shown).transpose(0, 1).flatten(1)
    count = torch.bincount(found, minlength=LEVELS).clamp_min(1)
    mean = torch.stack([torch.bincount(found, channel, LEVELS) / count for channel in offset])
    return (tried.shown + mean[:, level(tried)[:, 0]].transpose(0, 1)).float().clamp(-1, 1)


def resized(pairs: Pairs, method: Image.Resampling) -> Tensor:
    """Pillow's resampling of the small image."""
    size, small = pairs.targets.shape[-1], pairs.sources[:, :, :: pairs.factor, :: pairs.factor]
    planes = [Image.fromarray(plane.numpy()) for plane in small.float().flatten(0, 1)]
    made = np.stack([np.asarray(plane.resize((size, size), method)) for plane in planes])
    return torch.from_numpy(made).view_as(pairs.targets).clamp(-1, 1)


def color_transfer(tried: Pairs, train: Pairs) -> Tensor:
    """Each channel of an image moved to the mean and standard deviation that targets have (Reinhard et al., IEEE CG&A
    21 (2001), in RGB)."""
    place = (2, 3)
    std, mean = torch.std_mean(tried.shown, place, keepdim=True)
    true_std, true_mean = (part.mean(0) for part in torch.std_mean(train.targets, place, keepdim=True))
    return ((tried.shown - mean) / std.clamp_min(1e-4) * true_std + true_mean).clamp(-1, 1)
