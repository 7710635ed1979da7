"""Distances between an image and its reconstruction, summed over pixels and channels, one number per image."""

from torch import Tensor


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
