"""Maximum mean discrepancy between a batch of codes and the prior N(0, I)."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.distributions import Distribution

from genarium.distributed import batch_consistent
from genarium.distributed.batch_dependence import refuse_fewer
from genarium.distributed.world import all_gather_batch


def inverse_multiquadratic(a: Tensor, b: Tensor, scales: Sequence[float]) -> Tensor:
    """Sum over `scales` of s C / (s C + |a_i - b_j|^2) with C = 2 Z (Tolstikhin et al., arXiv:1711.01558, sec. 4).
    (A, Z) x (B, Z) -> (A, B)."""
    squared = (a[:, None] - b[None]).square().sum(2)
    return sum(s * 2 * a.shape[1] / (s * 2 * a.shape[1] + squared) for s in scales)


def mmd_to_prior(z: Tensor, scales: Sequence[float]) -> Tensor:
    """Unbiased MMD^2 to N(0, I) (Gretton et al., JMLR 13 (2012), eq. 3), split over the examples: their mean over the
    batch of all processes is the estimate, and it can be negative. (B, Z) -> (B,)."""
    refuse_fewer(len(all_gather_batch(z)), 2, z, "a comparison of codes with each other")
    prior = batch_consistent.normal(*z.shape, device=z.device)
    return mmd_rows(z.float(), prior, all_gather_batch(z.float()), all_gather_batch(prior), scales)


def mmd_rows(z: Tensor, p: Tensor, all_z: Tensor, all_p: Tensor, scales: Sequence[float]) -> Tensor:
    """Each row's part of MMD^2 between `all_z` and `all_p`, (N, Z), of which `z` and `p`, (B, Z), are rows. -> (B,)."""
    others, itself = max(len(all_z) - 1, 1), inverse_multiquadratic(z[:1], z[:1], scales).detach()[0, 0]
    within = lambda a, b: (inverse_multiquadratic(a, b, scales).sum(1) - itself) / others
    across = inverse_multiquadratic(z, all_p, scales).mean(1) + inverse_multiquadratic(p, all_z, scales).mean(1)
    return within(z, all_z) + within(p, all_p) - across


def wae_mmd(encoder: nn.Module, decoder: nn.Module, x: Tensor, z: Tensor, scales: Sequence[float]) -> Tensor:
    """WAE-MMD's divergence between the codes and N(0, I) (Tolstikhin et al., arXiv:1711.01558, alg. 2). -> (B,)."""
    return mmd_to_prior(z, scales)


def info_vae_mmd(posterior: Distribution, z: Tensor, scales: Sequence[float]) -> Tensor:
    """InfoVAE's divergence between the aggregate posterior and N(0, I) (Zhao et al., arXiv:1706.02262).
    (B, Z) -> (B,)."""
    return mmd_to_prior(z, scales)
