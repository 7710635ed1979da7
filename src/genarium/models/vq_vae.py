"""Vector-quantized autoencoders with a learned prior."""

from typing import Any, Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from genarium.distributed.world import all_gather_batch
from genarium.distributions.straight_through import straight_through
from genarium.losses.perplexity import perplexity
from genarium.losses.reconstruction import squared_error
from genarium.models.autoencoder import Autoencoder
from genarium.protocols import Batch, require
from genarium.training.steps import Steps, Terms


@runtime_checkable
class MapEncoder(Protocol):
    """Encoder of a map of codes, `side` wide and high."""

    side: int


@runtime_checkable
class Quantizer(Protocol):
    """Codebook; `use` has a number for each of its vectors."""

    use: Tensor

    def __call__(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Nearest vectors, (B, D, H, W) -> (B, D, H, W), and their codes, (B, H, W)."""
        ...

    def nearest(self, z: Tensor) -> Tensor:
        """Codes of the nearest vectors, (B, D, H, W) -> (B, H, W)."""
        ...

    def look_up(self, codes: Tensor) -> Tensor:
        """Vectors of codes, (B, H, W) -> (B, D, H, W)."""
        ...


@runtime_checkable
class DrawsCodes(Protocol):
    def draw(self, chance: Tensor) -> Tensor:
        """Codes from uniform numbers on [0, 1), (B, side, side) -> (B, side, side)."""
        ...


class VQVAE(Autoencoder):
    """Vector-quantized VAE: an autoencoder whose code is a map of codebook vectors (van den Oord et al.,
    arXiv:1711.00937, eq. 3, the codebook by moving averages); a second player learns the prior over codes, from which
    it samples.

    Terms besides an autoencoder's: `commitment` = |z - e|^2, summed over the map and not yet weighted; `perplexity` of
    the batch's codes. As a point code the map lies flat: Z = D · side^2.
    """

    def __init__(
        self, encoder: nn.Module, codebook: nn.Module, code_prior: nn.Module, commitment: float, **autoencoder: Any
    ) -> None:
        """`encoder` (B, C, R, R) -> (B, D, side, side), `side` its attribute, `decoder` back; `code_prior` (B, side,
        side) codes -> logits (B, side^2, size); the others are Autoencoder's."""
        super().__init__(encoder=encoder, **autoencoder)
        self.codebook, self.code_prior, self.commitment = codebook, code_prior, commitment
        side = require(encoder, MapEncoder).side
        self.map = (self.latent_dim, side, side)
        self.latent_dim *= side**2

    @property
    def quantizer(self) -> Quantizer:
        return require(self.codebook, Quantizer)

    def networks(self) -> dict[str, nn.Module]:
        return {"autoencoder": nn.ModuleList([self.encoder, self.decoder, self.codebook]), "prior": self.code_prior}

    def steps(self, batch: Batch) -> Steps:
        yield from super().steps(batch)
        yield "prior", lambda: self.prior_terms(batch.images)

    def objective(self, x: Tensor, corrupted: Tensor, z: Tensor) -> Terms:
        quantized, codes = self.quantizer(z)
        terms = super().objective(x, corrupted, straight_through(z, quantized))
        commitment = squared_error(z, quantized)
        return terms | {
            "loss": terms["loss"] + self.commitment * commitment,
            "commitment": commitment,
            "perplexity": perplexity(all_gather_batch(codes), len(self.quantizer.use)).expand(len(x)),
        }

    def prior_terms(self, x: Tensor) -> Terms:
        """-log p(codes) in nats per image."""
        with torch.no_grad():
            codes = self.codes(x)
        logits = self.code_prior(codes).transpose(1, 2)
        return {"loss": F.cross_entropy(logits.float(), codes.flatten(1), reduction="none").sum(1)}

    def codes(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, side, side)."""
        return self.quantizer.nearest(self.encoder(x))

    def encode(self, x: Tensor) -> Tensor:
        return self.quantizer.look_up(self.codes(x)).flatten(1)

    def decode(self, z: Tensor) -> Tensor:
        return super().decode(z.unflatten(1, self.map))

    def decode_codes(self, codes: Tensor) -> Tensor:
        """Image of each map of codes, (B, side, side) -> (B, C, R, R) in [-1, 1]."""
        return self.decode(self.quantizer.look_up(codes).flatten(1))

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        place = generator.device if generator else self.device
        chance = torch.rand(count, *self.map[1:], generator=generator, device=place)
        return self.decode_codes(require(self.code_prior, DrawsCodes).draw(chance.to(self.device)))
