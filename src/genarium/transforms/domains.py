"""Image domains: functions of an image that make a second domain of a data set, (B, C, H, W) -> (B, C, H, W)."""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from genarium.errors import UserError


def negative(x: Tensor) -> Tensor:
    """Negative image."""
    return -x


def edges(x: Tensor) -> Tensor:
    """Edge image: the absolute change along rows and columns, from -1 for none to 1 for half the range or
    more (for the edge images of Liu & Tuzel, sec. 4). (B, C, H, W) -> (B, C, H, W)."""
    down = torch.zeros_like(x)
    right = torch.zeros_like(x)
    down[:, :, 1:] = x.diff(dim=2).abs()
    right[:, :, :, 1:] = x.diff(dim=3).abs()
    return 2 * (down + right).clamp(max=1) - 1


def hue_turn(x: Tensor) -> Tensor:
    """Hue turned by a third of the color circle: red becomes green, green blue, blue red. (B, 3, H, W) -> the same."""
    if x.shape[1] != 3:
        raise UserError("a gray image has no hue to turn: set data.channels=3, or choose data/domains=negative")
    return x.roll(1, 1)


def blur(x: Tensor, side: int) -> Tensor:
    """Blur: means over squares of `side` pixels, an odd number, reflected at the border. (B, C, H, W) -> the same."""
    if side % 2 == 0 or side >= 2 * min(x.shape[2:]):
        raise UserError(f"side={side}: a blur is over an odd number of pixels within the image: set data.blur_side=5")
    return avg_pool2d(pad(x, (side // 2,) * 4, mode="reflect"), side, stride=1)
