"""Corruptions of images, (B, C, H, W) -> (B, C, H, W): for denoising, inpainting, coloring, super-resolution.

A hole is filled with `fill`, a value in [-1, 1]; whether a pixel is hit is drawn once for all of its channels.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from genarium.distributed import batch_consistent
from genarium.errors import UserError
from genarium.luma import luma
from genarium.transforms.missing import missing_block


def none(x: Tensor) -> Tensor:
    """No corruption."""
    return x


def gaussian_noise(x: Tensor, scale: float) -> Tensor:
    """Additive Gaussian noise x + scale · N(0, I), not clipped (Vincent et al., JMLR 11 (2010), sec. 3.3)."""
    return x + scale * batch_consistent.normal(*x.shape, device=x.device)


def pixel_mask(x: Tensor, probability: float, fill: float) -> Tensor:
    """Masking noise: each pixel is missing with probability `probability` (Vincent et al., JMLR 11 (2010))."""
    return torch.where(chosen(x, probability), fill, x)


def block_mask(x: Tensor, side: float, fill: float) -> Tensor:
    """Missing block: one square is missing, `side` of the image's height and width long, anywhere in the image
    (Pathak et al., arXiv:1604.07379, sec. 3.3)."""
    return torch.where(missing_block(x, side), fill, x)


def salt_and_pepper(x: Tensor, probability: float) -> Tensor:
    """Salt-and-pepper noise: each pixel is black or white, at even odds, with probability `probability`."""
    draw = batch_consistent.uniform(len(x), 1, *x.shape[2:], device=x.device)
    extreme = torch.where(draw < probability / 2, -1.0, 1.0)
    return torch.where(draw < checked(probability), extreme, x)


def dropout(x: Tensor, probability: float) -> Tensor:
    """Dropout: each value is 0 with probability `probability`, the others grow by 1 / (1 - probability): the mean stays
    (Srivastava et al., JMLR 15 (2014))."""
    kept = batch_consistent.uniform(*x.shape, device=x.device) >= checked(probability)
    return x * kept / (1 - probability)


def grayscale(x: Tensor) -> Tensor:
    """Grayscale: luma in every channel, by the weights of ITU-R BT.601; an image of one channel stays as it is."""
    if x.shape[1] == 1:
        return x
    return luma(x).expand_as(x)


def downsample(x: Tensor, factor: int) -> Tensor:
    """Downsampling by means of `factor` x `factor` pixels, in signals of `factor`, repeated at the old size."""
    block = blocks(x, factor)
    return F.interpolate(F.avg_pool2d(x, block), scale_factor=block, mode="nearest")


def decimate(x: Tensor, factor: int) -> Tensor:
    """Decimation: the first pixel of every block, repeated at the old size: what is finer than it turns up as something
    coarser, which a mean would have suppressed (aliasing)."""
    down, right = blocks(x, factor)
    return F.interpolate(x[..., ::down, ::right], scale_factor=(down, right), mode="nearest")


def blocks(x: Tensor, factor: int) -> tuple[int, int]:
    """Height and width of a block of pixels, (1, factor) in signals, images of one row; UserError where blocks do not
    fill the image."""
    height, width = x.shape[-2:]
    down = 1 if height == 1 else factor
    if width % factor or height % down:
        raise UserError(f"factor={factor} does not divide an image of {height} x {width} pixels: choose 2")
    return down, factor


def chosen(x: Tensor, probability: float) -> Tensor:
    """Random mask of pixels, each hit with probability `probability`, (B, 1, H, W) bool."""
    return batch_consistent.uniform(len(x), 1, *x.shape[2:], device=x.device) < checked(probability)


def checked(probability: float) -> float:
    if not 0 <= probability < 1:
        raise UserError(f"probability={probability}: the part of an image that is lost lies from 0 to below 1")
    return probability
