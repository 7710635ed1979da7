"""Adversarial autoencoders."""

from typing import Any

import torch
from torch import Tensor, nn

from genarium.distributed import batch_consistent
from genarium.losses.adversarial import AdversarialLoss, LogitLoss
from genarium.models.two_player_game import check_output_kind
from genarium.models.wasserstein_autoencoder import WassersteinAutoencoder
from genarium.protocols import Batch
from genarium.training.steps import Steps, Terms


class AdversarialAutoencoder(WassersteinAutoencoder):
    """Adversarial autoencoder: a discriminator separates codes from N(0, I) and the encoder learns to fool it (Makhzani
    et al., arXiv:1511.05644, sec. 2), in one step with the reconstruction, as WAE-GAN (Tolstikhin et al.,
    arXiv:1711.01558, alg. 1)."""

    def __init__(
        self, discriminator: nn.Module, adversarial_loss: AdversarialLoss, adversarial_weight: float, **autoencoder: Any
    ) -> None:
        """`discriminator` (B, Z) -> logits (B,); `adversarial_weight` of the adversarial term in the autoencoder's
        loss; the others are Autoencoder's."""
        super().__init__(**autoencoder)
        self.discriminator, self.adversarial_weight = discriminator, adversarial_weight
        self.adversarial_loss = check_output_kind(adversarial_loss, LogitLoss)

    def networks(self) -> dict[str, nn.Module]:
        return super().networks() | {"discriminator": self.discriminator}

    def steps(self, batch: Batch) -> Steps:
        yield from super().steps(batch)
        yield "discriminator", lambda: self.discriminator_terms(batch.images)

    def objective(self, x: Tensor, corrupted: Tensor, z: Tensor) -> Terms:
        terms = super().objective(x, corrupted, z)
        adversarial = self.adversarial_loss.generator(self.discriminator(self.prior_like(z)), self.discriminator(z))
        return terms | {"loss": terms["loss"] + self.adversarial_weight * adversarial, "adversarial": adversarial}

    def discriminator_terms(self, x: Tensor) -> Terms:
        with torch.no_grad():
            code = self.encode(self.corruption(x))
        logits_prior, logits_code = self.discriminator(self.prior_like(code)), self.discriminator(code)
        return {"loss": self.adversarial_loss.discriminator(logits_prior, logits_code)}

    def prior_like(self, z: Tensor) -> Tensor:
        """As many codes of N(0, I), (B, Z)."""
        return batch_consistent.normal(*z.shape, device=z.device)
