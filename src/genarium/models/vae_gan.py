"""VAE-GAN: a VAE that measures distances in the features of a discriminator."""

from functools import reduce
from operator import add
from typing import Any

import torch
from torch import Tensor, nn

from genarium.distributed.batch_dependence import refuse_fewer
from genarium.distributed.world import all_gather_batch
from genarium.losses.adversarial import AdversarialLoss, LogitLoss
from genarium.losses.gradient_penalty import Penalty, at_step, check_per_example
from genarium.models.gaussian_vae import GaussianVAE
from genarium.models.two_player_game import check_output_kind
from genarium.protocols import Batch, HasFeatures, require
from genarium.training.steps import Steps, Terms


class VAEGAN(GaussianVAE):
    """Encoder, decoder and discriminator as three players (Larsen et al., arXiv:1512.09300, alg. 1).

    The likelihood is of the discriminator's features, each with the variance 1 over the batch's real images, for which
    the paper has BatchNorm: `distortion` is in nats of those, not of pixels. Beyond the paper, a `penalty` keeps the
    discriminator from winning.
    """

    def __init__(
        self, discriminator: nn.Module, adversarial_loss: AdversarialLoss, penalty: Penalty, gamma: float, **vae: Any
    ) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,), with `features` -> (B, F); `gamma` weighs the features' distance
        against the game in the decoder's loss; the others are VAE's."""
        super().__init__(**vae)
        self.discriminator, self.adversarial_loss = discriminator, check_output_kind(adversarial_loss, LogitLoss)
        self.penalty, self.gamma = check_per_example(penalty, discriminator), gamma

    def networks(self) -> dict[str, nn.Module]:
        encoder = nn.ModuleList([self.encoder, self.prior])
        return {"encoder": encoder, "decoder": self.decoder, "discriminator": self.discriminator}

    def steps(self, batch: Batch) -> Steps:
        yield "encoder", lambda: self.terms(batch)
        yield "decoder", lambda: self.decoder_terms(batch.images)
        yield "discriminator", lambda: self.discriminator_terms(batch.images)

    def terms(self, batch: Batch) -> Terms:
        """The encoder's."""
        q, z = self.infer(batch.images)
        real, fake = self.seen(batch.images, self.decode(z))
        terms = self.objective(real, q, z, fake)
        return {name: terms[name] for name in ("loss", "distortion", "rate", "regularizer")}

    def decoder_terms(self, x: Tensor) -> Terms:
        with torch.no_grad():
            z = self.infer(x)[1]
            logits = self.discriminator(x)
        reconstruction = self.decode(z)
        distortion = -self.likelihood.log_prob(*self.seen(x, reconstruction))
        fakes = [reconstruction, self.sample(len(x))]
        adversarial = reduce(add, (self.adversarial_loss.generator(logits, self.discriminator(fake)) for fake in fakes))
        return {"loss": self.gamma * distortion + adversarial, "distortion": distortion, "adversarial": adversarial}

    def discriminator_terms(self, x: Tensor) -> Terms:
        with torch.no_grad():
            fakes = [self.decode(self.infer(x)[1]), self.sample(len(x))]
        logits = self.discriminator(x)
        games = (self.adversarial_loss.discriminator(logits, self.discriminator(fake)) for fake in fakes)
        adversarial = reduce(add, games) / 2
        penalty = at_step(self.penalty, self.batches_seen)(self.discriminator, x, fakes[1])
        return {"loss": adversarial + penalty, "adversarial": adversarial, "penalty": penalty}

    def seen(self, x: Tensor, reconstruction: Tensor) -> tuple[Tensor, Tensor]:
        """Features of both, in standard deviations of the real ones over the batch (of one held-out image: over its
        features). -> (B, F), (B, F)."""
        discriminator = require(self.discriminator, HasFeatures)
        real, fake = (discriminator.features(image).float() for image in (x, reconstruction))
        every = all_gather_batch(real.detach())
        refuse_fewer(len(every), 2, fake, "the variance of features")
        scale = (every.var(0 if len(every) > 1 else None, correction=0) + 1e-4).sqrt()
        return real.detach() / scale, fake / scale

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z).tanh()
