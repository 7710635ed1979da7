"""Adversarially learned inference, ALI or BiGAN."""

from collections.abc import Mapping

import torch
from torch import Generator, Tensor, nn

from genarium.distributed import batch_consistent
from genarium.errors import UserError
from genarium.losses.adversarial import AdversarialLoss, LogitLoss
from genarium.models.two_player_game import check_output_kind
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms

LOG_SCALE = 6.0
"""The encoder's log scales are kept within ± this, smoothly."""


class ALI(Module):
    """Adversarially learned inference: the discriminator separates (x, z ~ q(z|x)) from (G(z), z ~ p(z)); where it
    cannot, the encoder inverts the generator (Dumoulin et al., arXiv:1606.00704, alg. 1; Donahue et al.,
    arXiv:1605.09782).

    The generator's player, encoder and generator, wants real pairs taken for fake and fake ones for real:
    `adversarial_loss` must be symmetric, as the cross-entropies, hinge and Wasserstein are.
    """

    def __init__(
        self,
        encoder: nn.Module,
        generator: nn.Module,
        discriminator: nn.Module,
        adversarial_loss: AdversarialLoss,
        latent_dim: int,
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`encoder` (B, C, R, R) -> mean and log scale (B, 2Z), `generator` (B, Z) -> (B, C, R, R),
        `discriminator` (B, C, R, R), (B, Z) -> logits (B,)."""
        super().__init__(optimizers, schedules)
        if not check_output_kind(adversarial_loss, LogitLoss).symmetric:
            raise UserError(
                f"ALI's encoder cannot play {type(adversarial_loss).__name__}, whose sides are no mirror images: choose"
                " model/adversarial_loss=nonsaturating, hinge or wasserstein"
            )
        self.encoder, self.generator, self.discriminator = encoder, generator, discriminator
        self.adversarial_loss, self.latent_dim = adversarial_loss, latent_dim

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": nn.ModuleList([self.encoder, self.generator]), "discriminator": self.discriminator}

    def steps(self, batch: Batch) -> Steps:
        yield "discriminator", lambda: self.discriminator_terms(batch)
        yield "generator", lambda: self.generator_terms(batch)

    def discriminator_terms(self, batch: Batch) -> Terms:
        with torch.no_grad():
            inferred, made = self.pairs(batch.images)
        real, fake = self.discriminator(*inferred), self.discriminator(*made)
        return {"loss": self.adversarial_loss.discriminator(real, fake), "logits_real": real, "logits_fake": fake}

    def generator_terms(self, batch: Batch) -> Terms:
        inferred, made = self.pairs(batch.images)
        real, fake = self.discriminator(*inferred), self.discriminator(*made)
        generator, encoder = self.adversarial_loss.generator(real, fake), self.adversarial_loss.generator(-fake, -real)
        return {"loss": generator + encoder, "generator": generator, "encoder": encoder}

    def pairs(self, x: Tensor) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """(x, z ~ q(z|x)) and (G(z), z ~ p(z))."""
        mean, log_scale = self.encoder(x).float().chunk(2, 1)
        log_scale = LOG_SCALE * (log_scale / LOG_SCALE).tanh()
        inferred = mean + log_scale.exp() * batch_consistent.normal(*mean.shape, device=self.device)
        z = batch_consistent.normal(len(x), self.latent_dim, device=self.device)
        return (x, inferred), (self.generator(z), z)

    def encode(self, x: Tensor) -> Tensor:
        return self.encoder(x).chunk(2, 1)[0]

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(z).clamp(-1, 1)

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(batch_consistent.normal(count, self.latent_dim, device=self.device, generator=generator))
