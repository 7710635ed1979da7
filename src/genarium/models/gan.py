"""Two-player generative adversarial networks."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Generator, Tensor, nn

from genarium import noise
from genarium.losses.penalty import Critic
from genarium.module import Module, Player, Schedule, Terms
from genarium.protocols import Batch


class Game(Protocol):
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor: ...

    def generator(self, fake: Tensor) -> Tensor: ...


class Penalty(Protocol):
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor: ...


class GAN(Module):
    """Generator against discriminator (Goodfellow et al., arXiv:1406.2661, alg. 1).

    LSGAN, WGAN-GP, hinge GAN and R1 GAN are this class with another `game` and `penalty`.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        game: Game,
        penalty: Penalty,
        latent_dim: int,
        discriminator_steps: int,
        players: Mapping[str, Player],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`generator` (B, Z) -> (B, C, R, R), `discriminator` (B, C, R, R) -> logits (B,); the generator steps once in
        every `discriminator_steps` batches."""
        super().__init__(players, schedules)
        self.generator, self.discriminator = generator, discriminator
        self.game, self.penalty = game, penalty
        self.latent_dim, self.discriminator_steps = latent_dim, discriminator_steps

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "discriminator": self.discriminator}

    def play(self, batch: Batch) -> None:
        self.descend("discriminator", lambda: self.discriminator_terms(batch.images))
        if (self.batches_seen + 1) % self.discriminator_steps == 0:
            self.descend("generator", lambda: self.generator_terms(len(batch.images)))

    def discriminator_terms(self, real: Tensor) -> Terms:
        with torch.no_grad():
            fake = self.sample(len(real))
        logits_real, logits_fake = self.discriminator(real), self.discriminator(fake)
        game = self.game.discriminator(logits_real, logits_fake)
        penalty = self.penalty(self.discriminator, real, fake)
        return {
            "loss": game + penalty,
            "game": game,
            "penalty": penalty,
            "logits_real": logits_real,
            "logits_fake": logits_fake,
        }

    def generator_terms(self, count: int) -> Terms:
        return {"loss": self.game.generator(self.discriminator(self.sample(count)))}

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(z)

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(noise.normal(count, self.latent_dim, device=self.device, generator=generator))
