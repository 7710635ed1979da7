"""Augmentations of the discriminator's inputs, real and fake: differentiable, random for each image.

An augmentation is a function of images (B, C, H, W) in [-1, 1]; its random numbers are drawn anew at each call.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from genarium.distributed import batch_consistent
from genarium.errors import UserError

Augmentation = Callable[[Tensor], Tensor]


def none(x: Tensor) -> Tensor:
    """No augmentation."""
    return x


class Compose:
    """Composition of augmentations, applied in order."""

    def __init__(self, augmentations: Sequence[Augmentation]) -> None:
        self.augmentations = list(augmentations)
        self.images_per_input = math.prod(map(images_per_input, augmentations))

    def __call__(self, x: Tensor) -> Tensor:
        for augmentation in self.augmentations:
            x = augmentation(x)
        return x


def instance_noise(x: Tensor, scale: float) -> Tensor:
    """Instance noise x + N(0, scale^2): the two distributions overlap, so that the loss has a gradient everywhere
    (Sønderby et al., arXiv:1610.04490, sec. 3.2.1; Arjovsky & Bottou, arXiv:1701.04862). (B, ...) -> (B, ...)."""
    return x + scale * batch_consistent.normal(*x.shape, device=x.device) if scale else x


def pack(x: Tensor, count: int) -> Tensor:
    """Packing (PacGAN: Lin et al., arXiv:1712.04086, sec. 3): `count` images become one input, stacked in channels.

    (B, C, H, W) -> (B / count, count C, H, W); UserError where B is no multiple of `count`.
    """
    if len(x) % count:
        raise UserError(f"{len(x)} images cannot be packed by {count}: make data.batch_size a multiple of {count}")
    return x.reshape(-1, count * x.shape[1], *x.shape[2:])


class Pack:
    """Packing as an augmentation, see `pack`."""

    def __init__(self, count: int) -> None:
        self.images_per_input = count

    def __call__(self, x: Tensor) -> Tensor:
        return pack(x, self.images_per_input)


def images_per_input(augmentation: Augmentation) -> int:
    """Number of images that `augmentation` packs into one input."""
    return augmentation.images_per_input if isinstance(augmentation, Pack | Compose) else 1


def color(x: Tensor) -> Tensor:
    """Color jitter: brightness by ± 0.5, saturation times 0 … 2, contrast times 0.5 … 1.5
    (DiffAugment: Zhao et al., arXiv:2006.10738, sec. 3 and its code). (B, C, H, W) -> (B, C, H, W)."""
    chance = batch_consistent.uniform(len(x), 3, device=x.device).to(x.dtype)
    brightness, saturation, contrast = chance[..., None, None, None].unbind(1)
    x = x + brightness - 0.5
    gray = x.mean(1, keepdim=True)
    x = gray + 2 * saturation * (x - gray)
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (contrast + 0.5) * (x - mean)


def moves(x: Tensor, side: int, fraction: float) -> Tensor:
    """Random offset of each image in whole pixels, uniform within ± `fraction` of `side`. -> (B, 1)."""
    reach = round(fraction * side)
    return (batch_consistent.uniform(len(x), 1, device=x.device) * (2 * reach + 1)).long() - reach


def translate(x: Tensor, fraction: float) -> Tensor:
    """Random translation by up to `fraction` of the side, in both directions, filled with 0 (DiffAugment, fraction
    1/8). (B, C, H, W) -> (B, C, H, W)."""
    height, width = x.shape[2:]
    rows = torch.arange(height, device=x.device) - moves(x, height, fraction)
    columns = torch.arange(width, device=x.device) - moves(x, width, fraction)
    inside = within(rows, 0, height)[:, None, :, None] & within(columns, 0, width)[:, None, None, :]
    return take(take(x, rows, 2), columns, 3) * inside


def within(places: Tensor, low: float, high: float) -> Tensor:
    return (places >= low) & (places < high)


def take(x: Tensor, places: Tensor, dim: int) -> Tensor:
    """Rows (dim 2) or columns (dim 3) of each image at `places` (B, n); outside, the nearest one."""
    shape = [len(x), 1, 1, 1]
    shape[dim] = places.shape[1]
    index = places.clamp(0, x.shape[dim] - 1).view(shape)
    return x.gather(dim, index.expand(*(n if i != dim else -1 for i, n in enumerate(x.shape))))


def cutout(x: Tensor, fraction: float) -> Tensor:
    """Cutout (DiffAugment, fraction 1/2): a square of `fraction` of the side, anywhere, becomes 0.

    (B, C, H, W) -> (B, C, H, W)
    """
    height, width = x.shape[2:]
    rows = torch.arange(height, device=x.device) - height // 2 - moves(x, height, 0.5)
    columns = torch.arange(width, device=x.device) - width // 2 - moves(x, width, 0.5)
    hit = lambda places, side: within(places, -fraction * side / 2, fraction * side / 2)
    return x * ~(hit(rows, height)[:, None, :, None] & hit(columns, width)[:, None, None, :])
