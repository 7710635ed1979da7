"""What the discriminator of a translator sees of a source and a target side by side, (B, S + C, H, W)."""

from torch import Tensor

from genarium.transforms.missing import sides


class Pair:
    """Source and target, so that it judges whether they belong together (conditional: Isola et al., arXiv:1611.07004,
    eq. 1)."""

    def __init__(self, channels: int) -> None:
        """`channels` of what is seen, S + C."""
        self.channels = channels

    def __call__(self, x: Tensor) -> Tensor:
        return x


class Target(Pair):
    """The target alone, so that it judges only whether it looks real (unconditional: Isola et al., arXiv:1611.07004,
    eq. 2)."""

    def __call__(self, x: Tensor) -> Tensor:
        return x[:, -self.channels :]


class Center(Target):
    """The square in the middle of the target, which is what was missing (Pathak et al., arXiv:1604.07379, sec. 3.2)."""

    def __init__(self, channels: int, side: float) -> None:
        """`side`: part of the image's."""
        super().__init__(channels)
        self.side = side

    def __call__(self, x: Tensor) -> Tensor:
        tall, wide = sides(x, self.side)
        top, left = (x.shape[2] - tall) // 2, (x.shape[3] - wide) // 2
        return super().__call__(x)[:, :, top : top + tall, left : left + wide]
