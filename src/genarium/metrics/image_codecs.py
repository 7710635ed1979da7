"""Rate and distortion of classical image codecs on a contact sheet, where no image pays for a header of its own."""

import io
import math
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genarium.metrics.psnr import mean_psnr, psnr
from genarium.pixels import to_bytes

QUALITIES = (1, 2, 3, 5, 7, 10, 14, 20, 28, 40, 55, 70, 85, 95)
LOSSY, LOSSLESS = {"jpeg": {}, "webp": {"method": 6}}, {"png": {"optimize": True}, "webp": {"lossless": True}}
"""Pillow's settings of each format."""


class RatePoint(NamedTuple):
    """Bits per pixel, all channels together, and the mean PSNR in dB."""

    bits_per_pixel: float
    psnr: float


def contact_sheet(x: Tensor) -> np.ndarray:
    """All images as one, edge to edge, the last row filled up with the last image. (N, C, R, R) -> (H, W, C) uint8"""
    columns = math.ceil(math.sqrt(len(x)))
    filled = torch.cat([x, x[-1:].expand(-len(x) % columns, *x.shape[1:])])
    sheet = to_bytes(filled).unflatten(0, (-1, columns)).permute(0, 3, 1, 4, 2)
    return sheet.reshape(-1, columns * x.shape[-1], x.shape[1]).numpy()


def cut(sheet: np.ndarray, x: Tensor) -> Tensor:
    """The images of a contact sheet of images like x. (H, W, C) uint8 -> (N, C, R, R) in [-1, 1]"""
    pixels = torch.from_numpy(sheet.reshape(*sheet.shape[:2], x.shape[1])).float().div(127.5).sub(1)
    side = x.shape[-1]
    parts = pixels.unflatten(0, (-1, side)).unflatten(2, (-1, side)).permute(0, 2, 4, 1, 3)
    return parts.flatten(0, 1)[: len(x)]


def encoded(x: Tensor, codec: str, **settings: object) -> bytes:
    """The contact sheet as a file of a format of Pillow's."""
    sheet, file = contact_sheet(x), io.BytesIO()
    Image.fromarray(sheet if x.shape[1] == 3 else sheet[:, :, 0]).save(file, format=codec, **settings)
    return file.getvalue()


def lossless_bits_per_pixel(x: Tensor, codec: str) -> float:
    """Of the 8-bit contact sheet of (N, C, R, R), losslessly."""
    return 8 * len(encoded(x, codec, **LOSSLESS[codec])) / pixels_of(x)


def rate_curve(x: Tensor, codec: str) -> list[RatePoint]:
    """What a codec makes of the contact sheet of (N, C, R, R) at each of QUALITIES."""
    points = []
    for quality in QUALITIES:
        file = encoded(x, codec, quality=quality, **LOSSY[codec])
        made = Image.open(io.BytesIO(file)).convert("RGB" if x.shape[1] == 3 else "L")
        distortion = mean_psnr(psnr(reconstruction=cut(np.array(made), x), original=x))["psnr"]
        points.append(RatePoint(8 * len(file) / pixels_of(x), distortion))
    return points


def rate_at(curve: list[RatePoint], quality: float) -> float:
    """Least bits per pixel at which a codec has at least so high a PSNR, linear between the points of its curve;
    infinite where none of them is as good.

    >>> curve = [RatePoint(1.0, 20.0), RatePoint(2.0, 30.0)]
    >>> rate_at(curve, 25.0), rate_at(curve, 15.0), rate_at(curve, 35.0)
    (1.5, 1.0, inf)
    """
    bits, decibels = zip(*sorted(curve, key=lambda point: point.psnr), strict=True)
    return float(np.interp(quality, decibels, bits, right=math.inf))


def pixels_of(x: Tensor) -> int:
    return len(x) * x.shape[-2] * x.shape[-1]
