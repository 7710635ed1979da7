"""Translation of images of any size by a network that was trained on squares of one."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import interpolate, pad

from genarium.errors import UserError

ImageMap = Callable[[Tensor], Tensor]

MULTIPLE = 32
"""What divides the sides of an image that a network is shown whole, or more where it halves larger ones further."""


class Way(NamedTuple):
    """How an image of a user becomes a source, and a source its translation."""

    source_of: Callable[[Tensor, Tensor], Tensor]
    """(1, C, H, W), missing (1, 1, H, W) bool -> (1, S, H', W')"""
    translate: ImageMap
    """(1, S, H', W') -> (1, C, H', W')"""


def sized(way: Way, x: Tensor, missing: Tensor, size: str, resolution: int, path: Path) -> Tensor:
    """The translation of an image of any height and width; UserError where the network takes no such image."""
    given = way.source_of(x, missing)
    if size == "resize":
        side = resolution * x.shape[3] // given.shape[3]
        made = way.translate(way.source_of(*square(x, missing, side)))
        return interpolate(made, given.shape[2:], mode="bilinear", antialias=True)
    if size == "tiles":
        return tiled(way.translate, given, resolution)
    try:
        return padded(way.translate, given, multiple_of(resolution))
    except RuntimeError as error:
        wide, high = x.shape[3], x.shape[2]
        raise UserError(
            f"the network does not take {path.name}, {wide} x {high} px, as a whole: say size=tiles or size=resize"
        ) from error


def square(x: Tensor, missing: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """An image, and what is missing of it, of `side` px: a pixel of which a part is missing is missing, so that no
    known one shows what lies in a hole."""
    resized = lambda x: interpolate(x, (side, side), mode="bilinear", antialias=True)
    return resized(x), resized(missing.float()) > 0


def multiple_of(resolution: int) -> int:
    """What divides the sides of images that a pyramid over `resolution` px halves down to 4…7 px."""
    return max(MULTIPLE, 1 << max(resolution.bit_length() - 3, 0))


def padded(call: ImageMap, x: Tensor, multiple: int) -> Tensor:
    """`call` of an image whose lower and right border is repeated up to a multiple, the rest cut off."""
    high, wide = x.shape[2:]
    x = pad(x, (0, -wide % multiple, 0, -high % multiple), mode="replicate")
    return call(x)[:, :, :high, :wide]


def tiled(call: ImageMap, x: Tensor, side: int) -> Tensor:
    """`call` of squares of `side` px that overlap by half, blended by a window that falls towards their border."""
    high, wide = x.shape[2:]
    x = pad(x, (0, max(side - wide, 0), 0, max(side - high, 0)), mode="replicate")
    axis = 1 - (torch.arange(side) + 0.5 - side / 2).abs() / (side / 2)
    window, weight = axis[:, None] * axis, torch.zeros(1, 1, *x.shape[2:])
    total: Tensor | None = None
    for top in starts(x.shape[2], side):
        for left in starts(x.shape[3], side):
            made = call(x[:, :, top : top + side, left : left + side])
            total = torch.zeros(1, made.shape[1], *x.shape[2:]) if total is None else total
            total[:, :, top : top + side, left : left + side] += window * made
            weight[:, :, top : top + side, left : left + side] += window
    assert total is not None
    return (total / weight)[:, :, :high, :wide]


def starts(length: int, side: int) -> list[int]:
    """Where squares of `side` begin on `length` pixels, about half a square apart and at multiples of 8, where repeated
    pixels of a small image begin, too; the last at the end."""
    return [*range(0, length - side, side // 16 * 8 or side), length - side]
