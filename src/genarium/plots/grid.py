"""Grids of images in [-1, 1], saved as one picture; signals, images of one row, are drawn as curves."""

import io
import math
from collections.abc import Mapping
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torchvision.utils import make_grid

from genarium.files.atomic import write_atomically
from genarium.files.output_paths import PICTURES
from genarium.pixels import are_signals, to_bytes
from genarium.plots.curves import curves

SMALLEST = 64
"""Images below this many pixels a side are enlarged by a whole factor, so that a person sees them."""

GAP, CAPTION, FONT = 12, 26, 16
"""Of a sheet, in pixels: between pictures, for a name, of its letters."""


def grid(images: Tensor, columns: int) -> Image.Image:
    """(N, 1 or 3, R, R) in [-1, 1] -> one picture of `columns` images a row. Curves of signals, (N, C, 1, L), or of
    several over one another, (N, P, C, 1, L)."""
    if are_signals(images):
        return curves(*(images.unbind(1) if images.ndim > 4 else [images]), columns=columns)
    factor = max(1, -(-SMALLEST // images.shape[-1]))
    large = to_bytes(images).repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    sheet = make_grid(large, nrow=columns, padding=2, pad_value=255)
    return Image.fromarray(sheet.permute(1, 2, 0).cpu().numpy())


def beneath(*images: Tensor, columns: int) -> Tensor:
    """Images, each above its counterparts, (N, C, R, R) each, in groups of rows, the last padded white. -> (M, C, R, R)

    Signals lie over one another instead. P times (N, C, 1, L) -> (N, P, C, 1, L)"""
    if are_signals(images[0]):
        return torch.stack(images, 1)
    rows = zip(*(part.split(columns) for part in images), strict=True)
    return torch.cat([padded(row, columns) for group in rows for row in group])


def padded(row: Tensor, columns: int) -> Tensor:
    """A row of images, (n, C, R, R), padded with white ones. -> (columns, C, R, R)"""
    return torch.cat([row, row.new_ones(columns - len(row), *row.shape[1:])])


def sheet(pictures: Mapping[str, Image.Image], columns: int) -> Image.Image:
    """One picture of several, `columns` a row, each under its name, as wide as pictures and names need."""
    width, height = (max(picture.size[axis] for picture in pictures.values()) for axis in (0, 1))
    font = ImageFont.load_default(FONT)
    width = max(width, *(math.ceil(font.getlength(name)) + 2 for name in pictures))
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (width + GAP), rows * (height + CAPTION)), "white")
    draw = ImageDraw.Draw(whole)
    for i, (name, picture) in enumerate(pictures.items()):
        place = i % columns * (width + GAP), i // columns * (height + CAPTION)
        draw.text((place[0] + 2, place[1] + (CAPTION - FONT) // 2), name, "black", font)
        whole.paste(picture, (place[0], place[1] + CAPTION))
    return whole


def save(picture: Image.Image, path: Path) -> None:
    """Save a picture atomically, in the format of the path's ending."""
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, format=PICTURES[path.suffix.lower()])
    write_atomically(path, buffer.getvalue())
