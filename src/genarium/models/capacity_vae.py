"""beta-VAE with controlled capacity."""

from typing import Any

from torch import Tensor
from torch.distributions import Independent

from genarium.models.vae import VAE
from genarium.training.steps import Terms


class CapacityVAE(VAE):
    """beta-VAE with controlled capacity: minimizes distortion + beta |rate - capacity|, the capacity rising with the
    images seen (Burgess et al., arXiv:1804.03599; the rate there is a mean, here it is each image's)."""

    def __init__(self, capacity: float, **vae: Any) -> None:
        """`capacity` in nats, as a number to start from; the others are VAE's."""
        super().__init__(**vae)
        self.capacity = capacity

    def objective(self, x: Tensor, q: Independent, z: Tensor, parameters: Tensor) -> Terms:
        terms = super().objective(x, q, z, parameters)
        missed = (terms["rate"] - self.capacity).abs()
        return terms | {"loss": terms["loss"] + self.beta * (missed - terms["rate"])}
