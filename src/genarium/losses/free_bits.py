"""Free bits (Kingma et al., arXiv:1606.04934, app. C.8), in nats per image."""

from torch import Tensor

from genarium.distributed.world import all_gather_batch


def free_bits_lift(rates: Tensor, minimum: float) -> Tensor:
    """Free bits: sum_j max(minimum, KL_j) - KL_j, KL_j the batch mean of latent j's rate.

    Added to the rate, it leaves a latent below `minimum` nats without pressure (Kingma et al., arXiv:1606.04934,
    app. C.8). (B, Z) -> (B,)

    >>> import torch
    >>> free_bits_lift(torch.tensor([[0.25, 3.0]]), minimum=1.0)
    tensor([0.7500])
    """
    return (minimum - all_gather_batch(rates).mean(0)).clamp(min=0).sum().expand(len(rates))
