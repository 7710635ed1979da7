"""LAPGAN: generators and discriminators of a Laplacian pyramid (Denton et al., arXiv:1506.05751)."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from genarium.errors import UserError
from genarium.networks.heads import Bounded, Logits
from genarium.networks.types import Activation, Init, Norm


def expand(x: Tensor) -> Tensor:
    """Bilinear expansion to twice the size. (B, C, H, W) -> (B, C, 2 H, 2 W)."""
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def pyramid(x: Tensor, levels: int) -> list[Tensor]:
    """Image pyramid: x and `levels` downsamplings of it, coarsest first.
    (B, C, R, R) -> levels + 1 of (B, C, r, r)."""
    sizes = [x]
    for _ in range(levels):
        sizes.append(avg_pool2d(sizes[-1], 2))
    return sizes[::-1]


def details(sizes: Sequence[Tensor]) -> list[Tensor]:
    """Laplacian pyramid of `sizes`: the coarsest image, then the difference of each next one from the expanded one
    before (eq. 3)."""
    return [sizes[0], *(fine - expand(coarse) for coarse, fine in pairwise(sizes))]


def collapse(parts: Sequence[Tensor]) -> Tensor:
    """Inverse of the Laplacian pyramid (eq. 4)."""
    image = parts[0]
    for detail in parts[1:]:
        image = expand(image) + detail
    return image


def sides(resolution: int, levels: int) -> list[int]:
    """Resolutions of the levels, coarsest first; UserError where it cannot be halved so often."""
    if resolution % 2**levels or resolution >> levels < 8:
        raise UserError(
            f"a Laplacian pyramid of {levels} downsamplings cannot take {resolution} px: its coarsest level must have"
            f" 8 px or more; choose data.resolution={8 * 2**levels}, or fewer levels"
        )
    return [resolution >> level for level in range(levels, -1, -1)]


class DetailGenerator(nn.Module):
    """Generator of a Laplacian level, the expanded coarse image (B, C, r, r) and a plane of noise (B, 1, r, r) -> the
    level's detail (B, C, r, r)."""

    def __init__(self, channels: int, width: int, norm: Norm, activation: Activation, init: Init) -> None:
        super().__init__()
        layer = lambda c_in: [nn.Conv2d(c_in, width, 5, padding=2), norm(width), activation()]
        last = nn.Conv2d(width, channels, 5, padding=2)
        self.layers = nn.Sequential(*layer(channels + 1), *layer(width), last)
        init(self)

    def forward(self, low: Tensor, plane: Tensor) -> Tensor:
        return self.layers(torch.cat([low, plane], 1))


class LaplacianGenerator(nn.Module):
    """Laplacian pyramid of generators, (B, Z) -> an image at each size; Z holds the coarsest level's code and a plane
    of noise for each other level.

    latent_dim: Z, of all levels together.
    """

    def __init__(
        self,
        decoder: Callable[..., nn.Module],
        detail: Callable[[], nn.Module],
        resolution: int,
        latent_dim: int,
        levels: int,
        init: Init,
    ) -> None:
        """`decoder(resolution=…)` makes the coarsest level's network, (B, latent_dim) -> (B, C, r, r), and `detail()`
        that of another level; `levels` downsamplings."""
        super().__init__()
        coarsest, *self.finer = sides(resolution, levels)
        self.parts = [latent_dim, *(side**2 for side in self.finer)]
        self.latent_dim, self.levels = sum(self.parts), levels
        self.coarsest = Bounded(decoder(resolution=coarsest), init)
        self.details = nn.ModuleList(detail() for _ in self.finer)

    def sizes(self, x: Tensor) -> list[Tensor]:
        """Real images at each size, coarsest first."""
        return pyramid(x, self.levels)

    def forward(self, z: Tensor, sizes: Sequence[Tensor] | None = None) -> list[Tensor]:
        """An image at each size, coarsest first: the detail is added to the real coarse image where `sizes` are given,
        else to the generated one."""
        code, *planes = z.split(self.parts, dim=1)
        images = [self.coarsest(code)]
        for level, (plane, side, detail) in enumerate(zip(planes, self.finer, self.details, strict=True)):
            low = expand(sizes[level] if sizes else images[-1])
            images.append(low + detail(low, plane.unflatten(1, (1, side, side))))
        return images


class LaplacianDiscriminator(nn.Module):
    """Discriminators of a Laplacian pyramid, one for the whole images of each size, (B, C, r, r) -> (B,)."""

    def __init__(self, encoder: Callable[..., nn.Module], resolution: int, levels: int, init: Init) -> None:
        """`encoder(resolution=…)` makes the network of a size, (B, C, r, r) -> (B, 1)."""
        super().__init__()
        networks = (Logits(encoder(resolution=side), init) for side in sides(resolution, levels))
        self.levels = nn.ModuleList(networks)
