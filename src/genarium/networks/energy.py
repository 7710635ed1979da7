"""Energy-based discriminator: an autoencoder, an image's energy is its reconstruction error."""

from torch import Tensor, nn

from genarium.networks.initialization import torch_default
from genarium.networks.types import Init


class EnergyDiscriminator(nn.Module):
    """Autoencoder as discriminator, (B, C, R, R) -> energies (B,), the mean over pixels of |x - x'|^power, and codes
    (B, Z) (Zhao et al., arXiv:1609.03126, sec. 2.3; power 1: Berthelot et al., arXiv:1703.10717, sec. 3.1).

    The gradient of an image's energy goes through both x and x'.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, power: int, init: Init = torch_default) -> None:
        """`encoder` (B, C, R, R) -> (B, Z), `decoder` (B, Z) -> (B, C, R, R)."""
        super().__init__()
        self.encoder, self.decoder, self.power = encoder, decoder, power
        init(self)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        code = self.encoder(x)
        distance = (x.float() - self.decoder(code).float()).abs() ** self.power
        return distance.flatten(1).mean(1), code
