"""A generator and a discriminator for each level of a Laplacian pyramid (Denton et al., arXiv:1506.05751)."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from genarium.errors import UserError
from genarium.networks.conv import Discriminator, Generator, Layer, Upsample, initialise_as_dcgan


def expand(x: Tensor) -> Tensor:
    """Twice the size, smooth. (B, C, H, W) -> (B, C, 2 H, 2 W)."""
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def pyramid(x: Tensor, levels: int) -> list[Tensor]:
    """x at full size and at `levels` downsamplings of it, coarsest first. (B, C, R, R) -> levels + 1 of (B, C, r,
    r)."""
    sizes = [x]
    for _ in range(levels):
        sizes.append(avg_pool2d(sizes[-1], 2))
    return sizes[::-1]


def details(sizes: Sequence[Tensor]) -> list[Tensor]:
    """The Laplacian pyramid of `sizes`: the coarsest image, then what each next one adds to the expanded one before
    (eq. 3)."""
    return [sizes[0], *(fine - expand(coarse) for coarse, fine in pairwise(sizes))]


def collapse(parts: Sequence[Tensor]) -> Tensor:
    """The image that a Laplacian pyramid is of (eq. 4)."""
    image = parts[0]
    for detail in parts[1:]:
        image = expand(image) + detail
    return image


def sides(resolution: int, levels: int) -> list[int]:
    """Resolution of each level, coarsest first; UserError where it cannot be halved so often."""
    if resolution % 2**levels or resolution >> levels < 8:
        raise UserError(
            f"a Laplacian pyramid of {levels} downsamplings cannot take {resolution} px: its coarsest level must have"
            " 8 px"
            f" or more; choose data.resolution={8 * 2**levels}, or fewer levels"
        )
    return [resolution >> level for level in range(levels, -1, -1)]


class DetailGenerator(nn.Module):
    """The expanded coarse image (B, C, r, r) and a plane of noise (B, 1, r, r) -> what is missing (B, C, r, r)."""

    def __init__(self, channels: int, width: int, norm: Layer, activation: Callable[[], nn.Module]) -> None:
        super().__init__()
        layer = lambda c_in: [nn.Conv2d(c_in, width, 5, padding=2), norm(width), activation()]
        last = nn.Conv2d(width, channels, 5, padding=2)
        self.layers = nn.Sequential(*layer(channels + 1), *layer(width), last)
        initialise_as_dcgan(self)

    def forward(self, low: Tensor, plane: Tensor) -> Tensor:
        return self.layers(torch.cat([low, plane], 1))


class LaplacianGenerator(nn.Module):
    """Codes (B, Z), which hold the coarsest level's code and a plane of noise for each other level, -> images."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        latent_dim: int,
        norm: Layer,
        activation: Callable[[], nn.Module],
        upsample: Upsample,
        levels: int,
    ) -> None:
        """`latent_dim` is that of the coarsest level."""
        super().__init__()
        coarsest, *self.finer = sides(resolution, levels)
        self.parts = [latent_dim, *(side**2 for side in self.finer)]
        self.latent_dim, self.levels = sum(self.parts), levels
        self.coarsest = Generator(channels, coarsest, width, latent_dim, norm, activation, upsample)
        self.details = nn.ModuleList(DetailGenerator(channels, width, norm, activation) for _ in self.finer)

    def sizes(self, x: Tensor) -> list[Tensor]:
        """Real images at each size, coarsest first."""
        return pyramid(x, self.levels)

    def forward(self, z: Tensor, sizes: Sequence[Tensor] | None = None) -> list[Tensor]:
        """An image at each size, coarsest first: each one grown from the real one before where `sizes` are given, else
        from the generated one."""
        code, *planes = z.split(self.parts, dim=1)
        images = [self.coarsest(code)]
        for level, (plane, side, detail) in enumerate(zip(planes, self.finer, self.details, strict=True)):
            low = expand(sizes[level] if sizes else images[-1])
            images.append(low + detail(low, plane.unflatten(1, (1, side, side))))
        return images


class LaplacianDiscriminator(nn.Module):
    """A discriminator for each size; each sees whole images of its size, (B, C, r, r) -> (B,)."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        norm: Layer,
        activation: Callable[[], nn.Module],
        levels: int,
    ) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            Discriminator(channels, side, width, norm, activation) for side in sides(resolution, levels)
        )
