"""Fills of missing pixels that need no network."""

import numpy as np
import torch
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.pairs import Pairs
from genarium.pixels import GRAY_LEVEL, to_bytes

RADIUS = 3
"""Of the neighborhood that TELEA reads, in pixels."""


def filled(pairs: Pairs, fill: Tensor) -> Tensor:
    """The sources with their missing pixels from `fill`."""
    assert pairs.missing is not None
    return torch.where(pairs.missing, fill, pairs.shown)


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
