"""Errors of signals, images of one row, in the time and in the frequency domain."""

import torch
from torch import Tensor

from genarium.metrics.checks import check_signals


def nmse(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Normalized mean squared error, |x - y|^2 / |x - its mean|^2 over a trial's samples and channels, each channel's
    mean its own: 1 - R^2; 1 where y is x's mean, no number where x is constant. (B, C, 1, L) twice -> (B,)

    >>> x = torch.tensor([0.0, 1.0, 0.0, -1.0]).view(1, 1, 1, 4)
    >>> nmse(reconstruction=x / 2, original=x)
    tensor([0.2500])
    """
    check_signals(reconstructed=reconstruction, original=original)
    x, y = original.double(), reconstruction.double()
    return (squared(x - y) / squared(x - x.mean(-1, keepdim=True))).float()


def spectrum_error(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Error of amplitude spectra, ||F x| - |F y||^2 / |F x|^2 over all frequencies but 0: what `nmse` says where phases
    are forgiven, and never more than it (Parseval). No number where x is constant. (B, C, 1, L) twice -> (B,)

    >>> x = torch.tensor([0.0, 1.0, 0.0, -1.0]).view(1, 1, 1, 4)
    >>> spectrum_error(reconstruction=x.roll(1, -1), original=x)  # a delay
    tensor([0.])
    """
    check_signals(reconstructed=reconstruction, original=original)
    x, y = (torch.fft.fft(part.double())[..., 1:].abs() for part in (original, reconstruction))
    return (squared(x - y) / squared(x)).float()


def squared(x: Tensor) -> Tensor:
    """(B, …) -> (B,)"""
    return x.square().flatten(1).sum(1)
