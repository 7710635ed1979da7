"""Free bits (Kingma et al., arXiv:1606.04934, app. C.8), in nats per image."""

from torch import Tensor

from genarium.distributed.world import all_gather_batch


def free_bits_lift(rates: Tensor, minimum: float) -> Tensor:
    """What lifts the rate of each latent, a mean over the batch, to `minimum` nats: rate + this is sum_j max(minimum,
    rate_j), so that a latent below `minimum` is not pressed (Kingma et al., arXiv:1606.04934, app. C.8).
    (B, Z) -> (B,)."""
    return (minimum - all_gather_batch(rates).mean(0)).clamp(min=0).sum().expand(len(rates))
