"""Output layers that make a generator of a decoder, and a discriminator of an encoder."""

from torch import Tensor, nn

from genarium.networks.initialization import torch_default
from genarium.networks.types import Init
from genarium.protocols import HasFeatures, HasMaps, require


class Bounded(nn.Sequential):
    """Generator with Tanh output: a decoder's images, (B, Z) -> (B, C, R, R), in [-1, 1]."""

    def __init__(self, decoder: nn.Module, init: Init = torch_default) -> None:
        super().__init__(decoder, nn.Tanh())
        init(self)


class BoundedTranslator(nn.Module):
    """Generator with Tanh output, of a network from images to images whose maps can be looked at."""

    def __init__(self, decoder: nn.Module, init: Init = torch_default) -> None:
        super().__init__()
        self.decoder = decoder
        init(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(x).tanh()

    def maps(self, x: Tensor) -> list[Tensor]:
        """The image and maps of the network, (B, C, H, W) -> (B, c, h, w) each."""
        return require(self.decoder, HasMaps).maps(x)


class Unbounded(nn.Sequential):
    """Generator with linear output: a decoder's images, (B, Z) -> (B, C, R, R), as they are."""

    def __init__(self, decoder: nn.Module, init: Init = torch_default) -> None:
        super().__init__(decoder)
        init(self)


class EncoderDecoder(nn.Sequential):
    """Encoder and decoder as one network from an image to an image, (B, S, R, R) -> (B, C, R, R), by way of a code."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__(encoder, decoder)


class Logits(nn.Module):
    """Discriminator with one logit per image: an encoder of one number, (B, …) -> (B, 1), as logits (B,)."""

    def __init__(self, encoder: nn.Module, init: Init = torch_default) -> None:
        super().__init__()
        self.encoder = encoder
        init(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.encoder(x).flatten(0)


class FeatureDiscriminator(Logits):
    """Discriminator that gives its features, those under the encoder's last layer (Larsen et al., arXiv:1512.09300;
    Salimans et al., arXiv:1606.03498, sec. 3.1)."""

    def features(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, F)."""
        return require(self.encoder, HasFeatures).features(x)
