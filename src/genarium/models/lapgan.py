"""LAPGAN: a GAN per level of a Laplacian pyramid."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from genarium.models.gan import GAN
from genarium.models.two_player_game import total
from genarium.protocols import Batch, require
from genarium.training.steps import Terms


@runtime_checkable
class PyramidGenerator(Protocol):
    """Generators of a Laplacian pyramid, which take a code of `latent_dim` for all levels together."""

    latent_dim: int

    def sizes(self, x: Tensor) -> list[Tensor]:
        """Real images at each size, coarsest first."""
        ...

    def __call__(self, z: Tensor, sizes: Sequence[Tensor] | None = None) -> list[Tensor]:
        """An image at each size, coarsest first."""
        ...


@runtime_checkable
class PyramidDiscriminator(Protocol):
    """Discriminators of a Laplacian pyramid, coarsest first."""

    levels: nn.ModuleList


class LAPGAN(GAN):
    """LAPGAN: each level's generator adds to the expanded real image of half the size what that lacks, against a
    discriminator of its own; samples are made coarse to fine (Denton et al., arXiv:1506.05751, sec. 2.3).

    Levels share nothing, so that one step on the sum of their losses is a step of each. `adversarial_8` is that of 8
    px.
    """

    def __init__(self, latent_dim: int, **gan) -> None:
        """`generator` is a LaplacianGenerator, `discriminator` a LaplacianDiscriminator; `latent_dim` is that of the
        coarsest level, a code also holds a plane of noise for each other one. The rest is GAN's."""
        super().__init__(latent_dim=latent_dim, **gan)
        self.latent_dim = self.pyramid.latent_dim

    @property
    def pyramid(self) -> PyramidGenerator:
        return require(self.generator, PyramidGenerator)

    @property
    def critics(self) -> nn.ModuleList:
        return require(self.discriminator, PyramidDiscriminator).levels

    def discriminator_terms(self, batch: Batch) -> Terms:
        sizes = self.pyramid.sizes(batch.images)
        with torch.no_grad():
            fakes = self.generator(self.sample_latents(batch), sizes)
        parts = {}
        for critic, real, fake in zip(self.critics, sizes, fakes, strict=True):
            real, fake, side = self.augment(real), self.augment(fake), real.shape[-1]
            parts[f"adversarial_{side}"] = self.adversarial_loss.discriminator(critic(real), critic(fake))
            parts[f"penalty_{side}"] = self.penalty_now(critic, real, fake)
        return {"loss": total(parts), **parts}

    def generator_terms(self, batch: Batch) -> Terms:
        sizes = self.pyramid.sizes(batch.images)
        parts = {}
        for critic, real, fake in zip(
            self.critics, sizes, self.generator(self.sample_latents(batch), sizes), strict=True
        ):
            logits_real = None
            if self.adversarial_loss.needs_real:
                with torch.no_grad():
                    logits_real = critic(self.augment(real))
            parts[f"adversarial_{real.shape[-1]}"] = self.adversarial_loss.generator(
                logits_real, critic(self.augment(fake))
            )
        return {"loss": total(parts), **parts}

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(z)[-1].clamp(-1, 1)
