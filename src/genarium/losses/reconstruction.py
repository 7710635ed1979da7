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
