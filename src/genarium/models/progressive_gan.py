"""Progressive GAN."""

import math

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from genarium.errors import UserError
from genarium.models.gan import GAN
from genarium.protocols import Batch, Grows, require
from genarium.training.steps import Terms


class ProgressiveGAN(GAN):
    """Progressive GAN: small images first, then larger ones, each new size fading in (Karras et al., arXiv:1710.10196,
    sec. 2).

    Networks are whole from the start. A schedule sets `growth`, from 0 to 1: the real-valued stage at which they
    are used: each stage rests for as long as the next size fades in. Samples are always full size.
    """

    def __init__(self, **gan) -> None:
        """`generator` (B, Z) and stage -> (B, C, r, r), `discriminator` (B, C, r, r) and stage -> logits (B,), r the
        size of the stage; the rest is GAN's. UserError where one of them has no levels to grow by."""
        super().__init__(**gan)
        for name, network in self.networks().items():
            if not isinstance(network, Grows):
                raise UserError(f"a progressive GAN's {name} grows by levels: choose model/{name}=progressive")
        self.growth = 0.0

    @property
    def levels(self) -> int:
        """How often the size doubles."""
        return require(self.generator, Grows).levels

    def stage(self) -> float:
        """Levels that are open; 1.25: the second one's weight is a quarter."""
        level = math.floor(self.growth * self.levels)
        return level + max(0.0, 2 * (self.growth * self.levels - level) - 1)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generator(z, self.stage())

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        return self.discriminator(x, self.stage()), {}

    def real_images(self, batch: Batch) -> Tensor:
        """At the size of the stage; while a size fades in, so do its details (sec. 2)."""
        stage = self.stage()
        level = math.ceil(stage)
        x = avg_pool2d(batch.images, 2 ** (self.levels - level))
        if level == stage:
            return x
        coarse = interpolate(avg_pool2d(x, 2), scale_factor=2, mode="nearest")
        return torch.lerp(coarse, x, 1 - (level - stage))

    def decode(self, z: Tensor) -> Tensor:
        x = self.generator(z, self.stage()).clamp(-1, 1)
        factor = 2 ** (self.levels - math.ceil(self.stage()))
        return interpolate(x, scale_factor=factor, mode="nearest")
