"""FactorVAE."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Independent

from genarium.distributed.batch_dependence import refuse_fewer
from genarium.distributed.world import all_gather_batch
from genarium.errors import UserError
from genarium.losses.adversarial import AdversarialLoss, LogDensityRatio
from genarium.losses.total_correlation import density_ratio, permuted_per_latent
from genarium.models.vae import VAE
from genarium.protocols import Batch
from genarium.training.steps import Steps, Terms


class FactorVAE(VAE):
    """FactorVAE: minimizes -ELBO + gamma TC(q(z)), the total correlation by a discriminator of codes from codes whose
    latents were permuted over the batch (Kim & Mnih, arXiv:1802.05983, alg. 2; both are of one batch here)."""

    def __init__(self, discriminator: nn.Module, adversarial_loss: AdversarialLoss, gamma: float, **vae: Any) -> None:
        """`discriminator` (B, Z) -> logits (B,), high for codes, low for permuted ones; the others are VAE's."""
        super().__init__(**vae)
        self.discriminator, self.gamma = discriminator, gamma
        self.adversarial_loss = check_log_density_ratio(adversarial_loss)

    def networks(self) -> dict[str, nn.Module]:
        return super().networks() | {"discriminator": self.discriminator}

    def steps(self, batch: Batch) -> Steps:
        yield from super().steps(batch)
        yield "discriminator", lambda: self.discriminator_terms(batch.images)

    def objective(self, x: Tensor, q: Independent, z: Tensor, parameters: Tensor) -> Terms:
        refuse_fewer(len(all_gather_batch(z)), 2, z, "a permutation of codes")
        terms = super().objective(x, q, z, parameters)
        correlation = density_ratio(self.discriminator(z))
        return terms | {"loss": terms["loss"] + self.gamma * correlation, "total_correlation": correlation}

    def discriminator_terms(self, x: Tensor) -> Terms:
        with torch.no_grad():
            z = self.infer(x)[1]
        logits_joint, logits_permuted = self.discriminator(z), self.discriminator(permuted_per_latent(z))
        return {"loss": self.adversarial_loss.discriminator(logits_joint, logits_permuted)}


def check_log_density_ratio(adversarial_loss: AdversarialLoss) -> AdversarialLoss:
    """`adversarial_loss`; UserError where the logit of its best discriminator is no log ratio of densities."""
    if not isinstance(adversarial_loss, LogDensityRatio):
        raise UserError(
            f"{type(adversarial_loss).__name__} has no log density ratio as its logit, which FactorVAE takes for the"
            " total correlation: choose model/adversarial_loss=nonsaturating or minimax"
        )
    return adversarial_loss
