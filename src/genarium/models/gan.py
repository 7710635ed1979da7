"""Two-player generative adversarial networks."""

import functools
from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Generator, Tensor, nn

from genarium.distributed import batch_consistent
from genarium.errors import UserError
from genarium.losses.gradient_penalty import Penalty, at_step, suited
from genarium.protocols import Batch
from genarium.training.module import Module, Player, Schedule, Terms
from genarium.transforms.augmentation import View, instance_noise, packed


class Game(Protocol):
    """As losses/adversarial.py says."""

    on: str
    paired: bool
    mirrored: bool

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor: ...

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor: ...


def fitting(game: Game, on: str) -> Game:
    """`game`; UserError where it is not played on what its player has."""
    if game.on != on:
        name = type(game).__name__
        raise UserError(f"{name} is a game on {game.on}, the discriminator gives {on}: choose another model/game=")
    return game


class GAN(Module):
    """Generator against discriminator (Goodfellow et al., arXiv:1406.2661, alg. 1).

    LSGAN, WGAN-GP, R3GAN, PacGAN … are this class with another `game`, `penalty`, `view` or network. Each player
    minimises the sum of the named parts of its objective. The discriminator sees real and fake images apart, so that
    BatchNorm does not mix them.
    """

    gives = "logits"

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        game: Game,
        penalty: Penalty,
        view: View,
        latent_dim: int,
        discriminator_steps: int,
        players: Mapping[str, Player],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`generator` (B, Z) -> (B, C, R, R), `discriminator` (B, C, R, R) -> logits (B,); `view` is what it sees of
        images; the generator steps once in every `discriminator_steps` batches."""
        super().__init__(players, schedules)
        self.generator, self.discriminator = generator, discriminator
        self.game, self.penalty, self.view = fitting(game, self.gives), suited(penalty, discriminator), view
        self.latent_dim, self.discriminator_steps = latent_dim, discriminator_steps
        self.instance_noise = 0.0  # a schedule may set it

    def networks(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "discriminator": self.discriminator}

    @property
    def together(self) -> int:
        return packed(self.view)

    # the algorithm box

    def play(self, batch: Batch) -> None:
        self.descend("discriminator", lambda: self.discriminator_terms(batch))
        if (self.batches_seen + 1) % self.discriminator_steps == 0:
            self.descend("generator", lambda: self.generator_terms(batch))

    def discriminator_terms(self, batch: Batch) -> Terms:
        real, labels = self.shown(self.reals(batch)), batch.labels
        with torch.no_grad():
            z = self.draw(batch)
            fake = self.shown(self.opponents(self.generate(z, labels)))
        (logits_real, of_real), (logits_fake, of_fake) = self.judge(real, labels), self.judge(fake, labels, z)
        parts = {"game": self.game.discriminator(logits_real, logits_fake)}
        parts["penalty"] = self.penalty_now(lambda x: self.judge(x, labels)[0], real, fake)
        parts |= {f"{name}_real": part for name, part in of_real.items()}
        parts |= {f"{name}_fake": part for name, part in of_fake.items()}
        return {"loss": total(parts), **parts, "logits_real": logits_real, "logits_fake": logits_fake}

    def generator_terms(self, batch: Batch) -> Terms:
        logits_real = None
        if self.game.paired:
            with torch.no_grad():
                logits_real, _ = self.judge(self.shown(self.reals(batch)), batch.labels)
        z = self.draw(batch)
        logits_fake, parts = self.judge(self.shown(self.generate(z, batch.labels)), batch.labels, z)
        parts = {"game": self.game.generator(logits_real, logits_fake), **parts}
        return {"loss": total(parts), **parts}

    @property
    def penalty_now(self) -> Penalty:
        """That of this round: the discriminator steps once in each, whatever the generator does."""
        return at_step(self.penalty, self.batches_seen)

    # its lines, for a subclass to change

    def draw(self, batch: Batch) -> Tensor:
        """A code for each fake of a round, (B, Z)."""
        return batch_consistent.normal(len(batch.images), self.latent_dim, device=self.device)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        """(B, Z), (B,) -> (B, C, R, R)."""
        return self.generator(z)

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        """Logits (B,) of images as they are shown, and what else both players minimise there; `z` is what fakes were
        made from."""
        return self.discriminator(x), {}

    def reals(self, batch: Batch) -> Tensor:
        """The real images that play."""
        return batch.images

    def opponents(self, fake: Tensor) -> Tensor:
        """The fakes that the discriminator meets in its own step."""
        return fake

    def shown(self, x: Tensor) -> Tensor:
        """What the discriminator sees of images."""
        return self.view(instance_noise(x, self.instance_noise))

    # what others may ask

    def judge_alone(self, x: Tensor) -> Tensor:
        """Logits (B,) of each image as of class 0; where packs are judged, of a pack of that image alone."""
        shown = self.view(x.repeat_interleave(self.together, 0))
        return self.judge(shown, torch.zeros(len(x), dtype=torch.long, device=x.device))[0]

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(z).clamp(-1, 1)

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(batch_consistent.normal(count, self.latent_dim, device=self.device, generator=generator))


def total(parts: Terms) -> Tensor:
    """The sum of the parts of an objective, (B,)."""
    return functools.reduce(torch.add, [part.float() for part in parts.values()])
