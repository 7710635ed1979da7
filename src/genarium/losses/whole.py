"""The whole batch, for terms that compare its examples: every process sees the codes of all."""

import torch
from torch import Tensor
from torch.distributed.nn.functional import all_gather

from genarium.noise import own_rows, world


def gathered(x: Tensor) -> Tensor:
    """Rows of all processes in order, (B, …) -> (B · processes, …); gradients flow back to the rows' own process, so
    that a loss averaged over processes has the gradient that one process would have computed."""
    return torch.cat(all_gather(x.contiguous())) if world()[1] > 1 else x


def permuted_per_latent(z: Tensor) -> Tensor:
    """Every latent shuffled over the batch by itself: samples of the product of the marginals
    (Kim & Mnih, arXiv:1802.05983, alg. 1). (B, Z) -> (B, Z)."""
    whole = gathered(z)
    order = own_rows(lambda shape: torch.rand(shape, device=z.device).argsort(0), tuple(z.shape))
    return whole.gather(0, order)
