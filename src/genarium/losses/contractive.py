"""Regularizers of an autoencoder by the Jacobians of its networks, one number per image, (B,), in single precision."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from genarium.distributed import batch_consistent
from genarium.distributed.batch_dependence import refuse_batchnorm


def squared_jacobian(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Hutchinson's estimator (1990) of the squared Frobenius norm of d function / dx at each example.

    |v J|^2 of one standard normal v, unbiased. `function` must not mix examples, as BatchNorm does. (B, …) -> (B,)

    >>> both = lambda x: torch.cat([3 * x, 4 * x], 1)
    >>> round(squared_jacobian(both, torch.zeros(1_000_000, 1)).mean().item())  # 3^2 + 4^2; standard error 0.04
    25
    """
    with torch.enable_grad(), torch.autocast(x.device.type, enabled=False):
        x = x.float()
        x = x if x.requires_grad else x.detach().requires_grad_()
        y = function(x)
        v = batch_consistent.normal(*y.shape, device=y.device)
        (gradient,) = torch.autograd.grad((v * y).sum(), x, create_graph=True)
    return gradient.flatten(1).square().sum(1)


def contractive(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor) -> Tensor:
    """Contractive penalty |dz/dx|_F^2 (Rifai et al., ICML 2011). (B,)."""
    refuse_batchnorm(encoder, "encoder")
    return squared_jacobian(encoder, x)


def rae_l2(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor, decay: float) -> Tensor:
    """RAE-L2: |z|^2 / 2 + decay · |decoder's weights|^2 (Ghosh et al., arXiv:1903.12436, sec. 3). (B,)."""
    weights = torch.stack([p.float().square().sum() for p in decoder.parameters()]).sum()
    return z.float().square().flatten(1).sum(1) / 2 + decay * weights


def rae_gp(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor, slope: float) -> Tensor:
    """RAE-GP: |z|^2 / 2 + slope · |d decoder / dz|_F^2 (Ghosh et al., arXiv:1903.12436, sec. 3). (B,)."""
    refuse_batchnorm(decoder, "decoder")
    return z.float().square().flatten(1).sum(1) / 2 + slope * squared_jacobian(decoder, z)
