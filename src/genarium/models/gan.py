"""Generative adversarial network."""

from typing import Any

import torch
from torch import Generator, Tensor

from genarium.distributed import batch_consistent
from genarium.losses.adversarial import per_image
from genarium.models.two_player_game import TwoPlayerGame
from genarium.protocols import Batch


class GAN(TwoPlayerGame):
    """Generative adversarial network: fakes are made from codes, N(0, I) (Goodfellow et al., arXiv:1406.2661).

    LSGAN, WGAN-GP, R3GAN, PacGAN … are this class with another `adversarial_loss`, `penalty`, `augmentation` or
    network.
    """

    def __init__(self, latent_dim: int, **game: Any) -> None:
        """`generator` (B, Z) -> (B, C, R, R); the rest is TwoPlayerGame's."""
        super().__init__(**game)
        self.latent_dim = latent_dim

    def sample_latents(self, batch: Batch) -> Tensor:
        """A code for each fake of a round, (B, Z)."""
        return batch_consistent.normal(len(batch.images), self.latent_dim, device=self.device)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        """(B, Z), (B,) -> (B, C, R, R)."""
        return self.generator(z)

    # what callbacks and commands use

    def logits_of(self, x: Tensor) -> Tensor:
        """Logits (B,) of each image as of class 0; where packs are judged, of a pack of that image alone."""
        shown = self.augmentation(x.repeat_interleave(self.batch_multiple, 0))
        return per_image(self.discriminate(shown, torch.zeros(len(x), dtype=torch.long, device=x.device))[0])

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(z).clamp(-1, 1)

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(batch_consistent.normal(count, self.latent_dim, device=self.device, generator=generator))
