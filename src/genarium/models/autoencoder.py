"""Deterministic autoencoders."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms

Regularizer = Callable[[nn.Module, nn.Module, Tensor, Tensor], Tensor]
"""Of encoder, decoder, images (B, C, R, R) and codes (B, Z) -> (B,)."""


class Autoencoder(Module):
    """Autoencoder: minimizes a distance between x and decoder(encoder(x)) (Hinton & Salakhutdinov, Science 2006).

    Denoising, sparse, contractive and regularized autoencoders are this class with another `corruption` or
    `regularizer`. Terms: `distortion` = the distance, summed over pixels, and `regularizer`, not yet weighted.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        code_activation: nn.Module,
        distance: Callable[[Tensor, Tensor], Tensor],
        corruption: Callable[[Tensor], Tensor],
        regularizer: Regularizer,
        regularizer_weight: float,
        latent_dim: int,
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`encoder` (B, C, R, R) -> (B, Z), `decoder` back; `code_activation` of the code; the encoder
        sees `corruption`(x), the `distance` (B, …) x (B, …) -> (B,) is to x."""
        super().__init__(optimizers, schedules)
        self.encoder, self.decoder = nn.Sequential(encoder, code_activation), decoder
        self.distance, self.corruption = distance, corruption
        self.regularizer, self.regularizer_weight, self.latent_dim = regularizer, regularizer_weight, latent_dim

    def networks(self) -> dict[str, nn.Module]:
        return {"autoencoder": nn.ModuleList([self.encoder, self.decoder])}

    def steps(self, batch: Batch) -> Steps:
        yield "autoencoder", lambda: self.terms(batch)

    def terms(self, batch: Batch) -> Terms:
        corrupted = self.corruption(batch.images)
        return self.objective(batch.images, corrupted, self.encoder(corrupted))

    def objective(self, x: Tensor, corrupted: Tensor, z: Tensor) -> Terms:
        """Of images, what the encoder saw, and its code."""
        distortion = self.distance(x, self.decoder(z))
        regularizer = self.regularizer(self.encoder, self.decoder, corrupted, z)
        loss = distortion + self.regularizer_weight * regularizer
        return {"loss": loss, "distortion": distortion, "regularizer": regularizer}

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z).clamp(-1, 1)

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))
