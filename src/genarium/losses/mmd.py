"""Maximum mean discrepancy between a batch of codes and the prior N(0, I)."""

from collections.abc import Sequence
from functools import reduce
from operator import add

from torch import Tensor, nn
from torch.distributions import Distribution

from genarium.distributed import batch_consistent
from genarium.distributed.batch_dependence import refuse_fewer
from genarium.distributed.world import all_gather_batch


def inverse_multiquadratic(a: Tensor, b: Tensor, scales: Sequence[float]) -> Tensor:
    """Inverse multiquadratic kernel, sum over `scales` of s C / (s C + |a_i - b_j|^2) with C = 2 Z (Tolstikhin et al.,
    arXiv:1711.01558, sec. 4). (A, Z) x (B, Z) -> (A, B)

    >>> import torch
    >>> inverse_multiquadratic(torch.zeros(1, 2), torch.tensor([[0.0, 0.0], [2.0, 0.0]]), scales=[1.0])
    tensor([[1.0000, 0.5000]])
    """
    squared = (a[:, None] - b[None]).square().sum(2)
    return reduce(add, (s * 2 * a.shape[1] / (s * 2 * a.shape[1] + squared) for s in scales))


def mmd_to_prior(z: Tensor, scales: Sequence[float]) -> Tensor:
    """Unbiased MMD^2 to N(0, I) (Gretton et al., JMLR 13 (2012), eq. 3), each example's part; may be below 0.

    The mean of the parts over the batch of all processes is the estimate. (B, Z) -> (B,)
    """
    refuse_fewer(len(all_gather_batch(z)), 2, z, "a comparison of codes with each other")
    prior = batch_consistent.normal(*z.shape, device=z.device)
    return mmd_rows(z.float(), prior, all_gather_batch(z.float()), all_gather_batch(prior), scales)


def mmd_rows(z: Tensor, p: Tensor, all_z: Tensor, all_p: Tensor, scales: Sequence[float]) -> Tensor:
    """Row-wise parts of MMD^2 between `all_z` and `all_p`, (N, Z), of which `z` and `p`, (B, Z), are rows. -> (B,)."""
    others, itself = max(len(all_z) - 1, 1), inverse_multiquadratic(z[:1], z[:1], scales).detach()[0, 0]
    within = lambda a, b: (inverse_multiquadratic(a, b, scales).sum(1) - itself) / others
    across = inverse_multiquadratic(z, all_p, scales).mean(1) + inverse_multiquadratic(p, all_z, scales).mean(1)
    return within(z, all_z) + within(p, all_p) - across


def wae_mmd(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor, scales: Sequence[float]) -> Tensor:
    """WAE-MMD divergence between the codes and N(0, I) (Tolstikhin et al., arXiv:1711.01558, alg. 2). -> (B,)."""
    return mmd_to_prior(z, scales)


def info_vae_mmd(posterior: Distribution, z: Tensor, scales: Sequence[float]) -> Tensor:
    """InfoVAE divergence between the aggregate posterior and N(0, I) (Zhao et al., arXiv:1706.02262).
    (B, Z) -> (B,)."""
    return mmd_to_prior(z, scales)
