"""Free bits (Kingma et al., arXiv:1606.04934, app. C.8), in nats per image."""

from torch import Tensor

from genarium.distributed.world import gathered


def lift(rates: Tensor, least: float) -> Tensor:
    """What lifts the rate of each latent, a mean over the batch, to `least` nats: rate + this is sum_j max(least,
    rate_j), so that a latent below `least` is not pressed (Kingma et al., arXiv:1606.04934, app. C.8).
    (B, Z) -> (B,)."""
    return (least - gathered(rates).mean(0)).clamp(min=0).sum().expand(len(rates))
