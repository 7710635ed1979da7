"""Adversarial autoencoders."""

from typing import Any

import torch
from torch import Tensor, nn

from genarium.distributed import batch_consistent
from genarium.models.autoencoder import MatchedAutoencoder
from genarium.models.gan import Game, fitting
from genarium.protocols import Batch
from genarium.training.module import Terms


class AdversarialAutoencoder(MatchedAutoencoder):
    """A discriminator tells codes from N(0, I) and the encoder learns to fool it (Makhzani et al., arXiv:1511.05644,
    sec. 2), in one step with the reconstruction, as WAE-GAN (Tolstikhin et al., arXiv:1711.01558, alg. 1)."""

    def __init__(self, discriminator: nn.Module, game: Game, adversarial: float, **autoencoder: Any) -> None:
        """`discriminator` (B, Z) -> logits (B,); `adversarial` weighs the game in the autoencoder's loss; the others
        are Autoencoder's."""
        super().__init__(**autoencoder)
        self.discriminator, self.game, self.adversarial = discriminator, fitting(game, "logits"), adversarial

    def networks(self) -> dict[str, nn.Module]:
        return super().networks() | {"discriminator": self.discriminator}

    def play(self, batch: Batch) -> None:
        super().play(batch)
        self.descend("discriminator", lambda: self.discriminator_terms(batch.images))

    def objective(self, x: Tensor, corrupted: Tensor, z: Tensor) -> Terms:
        terms = super().objective(x, corrupted, z)
        game = self.game.generator(self.discriminator(self.prior_like(z)), self.discriminator(z))
        return terms | {"loss": terms["loss"] + self.adversarial * game, "game": game}

    def discriminator_terms(self, x: Tensor) -> Terms:
        with torch.no_grad():
            code = self.encode(self.corruption(x))
        logits_prior, logits_code = self.discriminator(self.prior_like(code)), self.discriminator(code)
        return {"loss": self.game.discriminator(logits_prior, logits_code)}

    def prior_like(self, z: Tensor) -> Tensor:
        """As many codes of N(0, I), (B, Z)."""
        return batch_consistent.normal(*z.shape, device=z.device)
