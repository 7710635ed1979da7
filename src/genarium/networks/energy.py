"""Discriminators that are autoencoders: an image's energy is how badly it is reconstructed."""

from collections.abc import Callable

from torch import Tensor, nn

from genarium.networks.conv import ConvDecoder, ConvEncoder, Layer, Upsample, initialise_as_dcgan


class EnergyDiscriminator(nn.Module):
    """(B, C, R, R) -> energies (B,), the mean over pixels of |x - x'|^power, and codes (B, Z)
    (Zhao et al., arXiv:1609.03126, sec. 2.3; power 1: Berthelot et al., arXiv:1703.10717, sec. 3.1).

    The gradient of an image's energy goes through both x and x'.
    """

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        norm: Layer,
        activation: Callable[[], nn.Module],
        upsample: Upsample,
        code_dim: int,
        power: int,
    ) -> None:
        super().__init__()
        self.encoder = ConvEncoder(channels, resolution, width, code_dim, norm, activation)
        self.decoder = ConvDecoder(channels, resolution, width, code_dim, norm, activation, upsample)
        self.power = power

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        code = self.encoder(x)
        distance = (x.float() - self.decoder(code).float()).abs() ** self.power
        return distance.flatten(1).mean(1), code


class DCGANEnergy(EnergyDiscriminator):
    """The same, its weights drawn as DCGAN's."""

    def __init__(self, **energy) -> None:
        super().__init__(**energy)
        initialise_as_dcgan(self)
