"""Deterministic autoencoders."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from genarium.module import Module, Player, Schedule, Terms
from genarium.protocols import Batch


class Autoencoder(Module):
    """Minimises a distance between x and decoder(encoder(x)) (Hinton & Salakhutdinov, Science 2006)."""

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        distance: Callable[[Tensor, Tensor], Tensor],
        latent_dim: int,
        players: Mapping[str, Player],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`encoder` (B, C, R, R) -> (B, Z), `decoder` back, `distance` (B, …) x (B, …) -> (B,)."""
        super().__init__(players, schedules)
        self.encoder, self.decoder, self.distance, self.latent_dim = encoder, decoder, distance, latent_dim

    def networks(self) -> dict[str, nn.Module]:
        return {"autoencoder": nn.ModuleList([self.encoder, self.decoder])}

    def play(self, batch: Batch) -> None:
        self.descend("autoencoder", lambda: self.terms(batch))

    def terms(self, batch: Batch) -> Terms:
        distortion = self.distance(batch.images, self.decoder(self.encoder(batch.images)))
        return {"loss": distortion, "distortion": distortion}

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z).clamp(-1, 1)

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))
