"""GAN with experience replay."""

from torch import Tensor, nn

from genarium.models.gan import GAN


class ReplayGAN(GAN):
    """Experience replay (Shrivastava et al., arXiv:1612.07828, sec. 2.3)."""

    def __init__(self, memory: nn.Module, **gan) -> None:
        """`memory` (B, C, R, R) -> (B, C, R, R), some of them past ones; the rest is GAN's."""
        super().__init__(**gan)
        self.memory = memory

    def discriminator_fakes(self, fake: Tensor) -> Tensor:
        return self.memory(fake)
