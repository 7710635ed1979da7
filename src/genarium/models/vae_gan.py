"""VAE-GAN: a VAE that measures distances in the features of a discriminator."""

from typing import Any

import torch
from torch import Tensor, nn

from genarium.distributed.batch_dependence import refuse_fewer
from genarium.distributed.world import gathered
from genarium.losses.gradient_penalty import Penalty, at_step, suited
from genarium.models.gan import Game, fitting
from genarium.models.vae import VAE
from genarium.protocols import Batch
from genarium.training.module import Terms


class VAEGAN(VAE):
    """Encoder, decoder and discriminator as three players (Larsen et al., arXiv:1512.09300, alg. 1).

    The likelihood is of the discriminator's features, each with the variance 1 over the batch's real images, for which
    the paper has BatchNorm: `distortion` is in nats of those, not of pixels. Beyond the paper, a `penalty` keeps the
    discriminator from winning.
    """

    log_weights = None  # there is no p(x) of images

    def __init__(self, discriminator: nn.Module, game: Game, penalty: Penalty, gamma: float, **vae: Any) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,), with `features` -> (B, F); `gamma` weighs the features' distance
        against the game in the decoder's loss; the others are VAE's."""
        super().__init__(**vae)
        self.discriminator, self.game = discriminator, fitting(game, "logits")
        self.penalty, self.gamma = suited(penalty, discriminator), gamma

    def networks(self) -> dict[str, nn.Module]:
        encoder = nn.ModuleList([self.encoder, self.prior])
        return {"encoder": encoder, "decoder": self.decoder, "discriminator": self.discriminator}

    def play(self, batch: Batch) -> None:
        self.descend("encoder", lambda: self.terms(batch))
        self.descend("decoder", lambda: self.decoder_terms(batch.images))
        self.descend("discriminator", lambda: self.discriminator_terms(batch.images))

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
        game = sum(self.game.generator(logits, self.discriminator(fake)) for fake in fakes)
        return {"loss": self.gamma * distortion + game, "distortion": distortion, "game": game}

    def discriminator_terms(self, x: Tensor) -> Terms:
        with torch.no_grad():
            fakes = [self.decode(self.infer(x)[1]), self.sample(len(x))]
        logits = self.discriminator(x)
        game = sum(self.game.discriminator(logits, self.discriminator(fake)) for fake in fakes) / 2
        penalty = at_step(self.penalty, self.batches_seen)(self.discriminator, x, fakes[1])
        return {"loss": game + penalty, "game": game, "penalty": penalty}

    def seen(self, x: Tensor, reconstruction: Tensor) -> tuple[Tensor, Tensor]:
        """Features of both, in standard deviations of the real ones over the batch (of one held-out image: over its
        features). -> (B, F), (B, F)."""
        real, fake = (self.discriminator.features(image).float() for image in (x, reconstruction))
        every = gathered(real.detach())
        refuse_fewer(len(every), 2, fake, "the variance of features")
        scale = (every.var(0 if len(every) > 1 else None, correction=0) + 1e-4).sqrt()
        return real.detach() / scale, fake / scale

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z).tanh()
