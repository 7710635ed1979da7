"""Translation of image files of any size by a run's model."""

import io
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.nn.functional import interpolate, pad

from genarium.config import compose
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.pixels import to_bytes
from genarium.protocols import Translates, TranslatesBack
from genarium.runs.run import Run
from genarium.training.checkpoint import restore

MULTIPLE = 32
"""What divides the sides of an image that a network is shown whole: it halves them five times at most."""


def translate_images(
    run: Run, jobs: Sequence[tuple[Path, Path]], size: str, way: str, checkpoint: str
) -> Iterator[Path]:
    """Translates each (image, PNG) and yields the PNG; UserError for a run that translates nothing, or not back."""
    config, model = compose.load(run.config), restore(run, checkpoint)
    if not isinstance(model, Translates):
        raise UserError(f"{config.choices.model} translates no images: name a run of model=pix2pix or its like")
    if config.data.get("height") == 1:
        raise UserError(
            f"{run.folder} super-samples signals, which no image is: its test trials are measured by genarium evaluate"
            f" {shlex.quote(f'run={run.folder}')} evaluation.extractor=none evaluation.measures=[translations]"
        )
    if way == "back" and not isinstance(model, TranslatesBack):
        raise UserError(f"{config.choices.model} translates one way: leave way=there, or train model=cyclegan")
    for source, target in jobs:
        x, missing = opened(source, config.data.channels)
        with model.evaluating(seed=0):
            given = x if way == "back" else model.source_of(x, missing)
            call = model.translate_back if way == "back" and isinstance(model, TranslatesBack) else model.translate
            made = sized(call, given, size, config.data.resolution, source)
        if given.shape[1] > x.shape[1] and not missing.any():
            print(f"{source.name} has no transparent pixels, so nothing was filled", file=sys.stderr)
        png = io.BytesIO()
        image = to_bytes(made)[0].permute(1, 2, 0).numpy()
        Image.fromarray(image if image.shape[2] == 3 else image[:, :, 0]).save(png, format="PNG")
        write_atomically(target, png.getvalue())
        yield target


def opened(path: Path, channels: int) -> tuple[Tensor, Tensor]:
    """An image file -> (1, C, H, W) in [-1, 1], and where it is transparent, (1, 1, H, W) bool."""
    try:
        with Image.open(path) as file:
            image = ImageOps.exif_transpose(file).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise UserError(f"{path} cannot be read ({error}): remove it, or convert it to PNG") from None
    pixels = np.asarray(image.convert("RGB" if channels == 3 else "L"), np.float32).reshape(*image.size[::-1], channels)
    missing = np.asarray(image.getchannel("A")) < 128
    return torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1)[None], torch.from_numpy(missing)[None, None]


def sized(call, x: Tensor, size: str, resolution: int, path: Path) -> Tensor:
    """`call` of a source of any height and width, (1, S, H, W) -> (1, C, H, W); UserError where it does not."""
    if size == "resize":
        small = interpolate(x, (resolution, resolution), mode="bilinear", antialias=True)
        return interpolate(call(small), x.shape[2:], mode="bilinear")
    if size == "tiles":
        return tiled(call, x, resolution)
    try:
        return padded(call, x, MULTIPLE)
    except RuntimeError as error:
        wide, high = x.shape[3], x.shape[2]
        raise UserError(
            f"the network does not take {path.name}, {wide} x {high} px, as a whole: say size=tiles or size=resize"
        ) from error


def padded(call, x: Tensor, multiple: int) -> Tensor:
    """`call` of an image whose lower and right border is repeated up to a multiple, the rest cut off."""
    high, wide = x.shape[2:]
    x = pad(x, (0, -wide % multiple, 0, -high % multiple), mode="replicate")
    return call(x)[:, :, :high, :wide]


def tiled(call, x: Tensor, side: int) -> Tensor:
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
