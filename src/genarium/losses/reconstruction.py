"""Distances between an image and its reconstruction, one number per image: sums over pixels and channels, or means."""

from collections.abc import Callable

from torch import Tensor

Distance = Callable[[Tensor, Tensor], Tensor]
"""Of images and others, (B, …) each. -> (B,)"""


def squared_error(x: Tensor, reconstruction: Tensor) -> Tensor:
    """Squared error |x - x'|^2. (B, ...) x (B, ...) -> (B,)

    >>> import torch
    >>> squared_error(torch.zeros(1, 3), torch.tensor([[1.0, 2.0, -2.0]]))
    tensor([9.])
    """
    return (x.float() - reconstruction.float()).square().flatten(1).sum(1)


def absolute_error(x: Tensor, reconstruction: Tensor) -> Tensor:
    """Absolute error |x - x'|_1. (B, ...) x (B, ...) -> (B,)

    >>> import torch
    >>> absolute_error(torch.zeros(1, 3), torch.tensor([[1.0, 2.0, -2.0]]))
    tensor([5.])
    """
    return (x.float() - reconstruction.float()).abs().flatten(1).sum(1)


def mean_absolute_error(x: Tensor, reconstruction: Tensor) -> Tensor:
    """Mean absolute error over pixels and channels, the L1 of translation (Isola et al., arXiv:1611.07004, eq. 3).

    (B, ...) x (B, ...) -> (B,)

    >>> import torch
    >>> mean_absolute_error(torch.zeros(1, 2), torch.tensor([[1.0, -2.0]]))
    tensor([1.5000])
    """
    return (x.float() - reconstruction.float()).abs().flatten(1).mean(1)


def mean_squared_error(x: Tensor, reconstruction: Tensor) -> Tensor:
    """Mean squared error over pixels and channels. (B, ...) x (B, ...) -> (B,)

    >>> import torch
    >>> mean_squared_error(torch.zeros(1, 2), torch.tensor([[1.0, -2.0]]))
    tensor([2.5000])
    """
    return (x.float() - reconstruction.float()).square().flatten(1).mean(1)


def center_squared_error(x: Tensor, reconstruction: Tensor, side: float, surround_weight: float) -> Tensor:
    """Mean squared error over the square in the middle, `side` of the image long; pixels around it, which a network may
    draw to meet what surrounds a hole, count `surround_weight` times (Pathak et al., arXiv:1604.07379, sec. 3.2).

    The sum is divided by the values of the square. (B, C, H, W) x (B, C, H, W) -> (B,)

    >>> import torch
    >>> center_squared_error(torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4), side=0.5, surround_weight=10)
    tensor([31.])
    """
    error = (x.float() - reconstruction.float()).square()
    tall, wide = (max(1, round(side * whole)) for whole in x.shape[2:])
    top, left = (x.shape[2] - tall) // 2, (x.shape[3] - wide) // 2
    square = error[:, :, top : top + tall, left : left + wide].flatten(1).sum(1)
    return ((1 - surround_weight) * square + surround_weight * error.flatten(1).sum(1)) / (x.shape[1] * tall * wide)
