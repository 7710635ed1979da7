"""One image file -> (C, R, R) uint8, or the reason why it cannot be used."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from genarium.data.packing.appearance import in_screen_colors, opaque, upright
from genarium.data.packing.depth import declares_white, eight_bits, is_deep
from genarium.data.packing.unreadable import Unreadable
from genarium.data.sources.formats import formats

CROPS = ("center", "squash")
HUGE = 80e6  # pixels; above it one picture would need hundreds of megabytes to decode
HUGE_IN_SCANS = 120e6  # of a progressive JPEG, whose coefficients all lie in memory, two bytes each
LARGEST = 2**30  # bytes of a file
MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "YCbCr", "CMYK"})
MOVING = frozenset({"AVIF", "FLI", "GIF", "PNG", "WEBP"})
"""Formats whose further pictures are frames; in others they are pages, sizes, layers or views, and the first is it."""
JPEG = b"\xff\xd8\xff"
PngImagePlugin.MAX_TEXT_CHUNK = 2**26  # an editor's history beside the pixels may be larger than Pillow's one megabyte

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Recipe:
    """Settings that turn an image file into an array."""

    resolution: int  # R
    channels: int  # C: 3 color, 1 gray
    crop: str  # "center": the largest centered square; "squash": all of it, made square
    background: tuple[int, int, int]  # what lies behind transparent pixels
    white: float | None = None  # the value that is white in pictures of more than 8 bits a channel


def content(path: str | Path) -> bytes:
    """All bytes of a file; raises Unreadable."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # so that a pipe does not keep us waiting
        with open(opened, "rb", buffering=0) as file:  # noqa: PTH123 — twice as fast as Path.read_bytes on small files
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("no file")
            if status.st_size > LARGEST:
                raise Unreadable(f"huge ({status.st_size / 2**30:.1f} GB)")
            return file.readall()
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from None


def pixels(file: str | Path | BinaryIO, box: Box | None, recipe: Recipe) -> np.ndarray:
    """The picture in `file`, cropped to `box` first if given, -> (C, R, R) uint8; raises Unreadable."""
    if isinstance(file, str | Path):
        file = io.BytesIO(content(file))
    with decoding(file) as image:
        scale = shrink(image, box, recipe)
        left, top, right, bottom = (edge / scale for edge in box or (0, 0, 0, 0))
        return render(whole(image, file, recipe), (left, top, right, bottom) if box else None, recipe)


def picture(path: Path, recipe: Recipe) -> Image.Image:
    """The picture in a file, whole, with its transparency; raises Unreadable for what `pixels` refuses."""
    file = io.BytesIO(content(path))
    with decoding(file) as image:
        return whole(image, file, recipe)


@contextmanager
def decoding(file: BinaryIO) -> Iterator[Image.Image]:
    """The picture in `file`, open; whatever Pillow raises there is Unreadable."""
    try:
        with opened(file) as image:
            yield image
    except UnidentifiedImageError:
        raise Unreadable("not an image") from None
    except Image.DecompressionBombError:
        raise Unreadable("huge") from None
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # PIL's decoders raise nearly everything on a broken file
        raise Unreadable("truncated" if "truncated" in str(error).lower() else "corrupt") from None


def whole(image: Image.Image, file: BinaryIO, recipe: Recipe) -> Image.Image:
    """The picture decoded: 8 bits a channel, in colors of the screen, upright."""
    refuse(image, recipe)
    return upright(in_screen_colors(eight_bits(image, file, recipe.white)), image)


def opened(file: BinaryIO) -> Image.Image:
    """The picture in `file`, not decoded yet, with any ending."""
    start = file.read(len(JPEG))
    file.seek(0)
    if start == JPEG:  # without Image.open's limit of pixels: a JPEG can be decoded small
        return JpegImagePlugin.JpegImageFile(file)
    return Image.open(file, formats=formats())


def shrink(image: Image.Image, box: Box | None, recipe: Recipe) -> int:
    """Have a JPEG decoded at 1/2, 1/4, 1/8; twice the final size is kept for the antialiased resize. -> 1, 2, 4, 8."""
    width, height = image.size
    if width * height > HUGE_IN_SCANS and image.info.get("progressive"):
        raise Unreadable(f"huge ({width * height / 1e6:.0f} megapixels in a progressive JPEG)")
    shortest = min(box[2] - box[0], box[3] - box[1]) if box else min(width, height)
    surplus = max(1.0, shortest / (2 * recipe.resolution))
    image.draft("L" if recipe.channels == 1 else "RGB", (int(width / surplus), int(height / surplus)))
    return max(1, round(width / image.width))


def refuse(image: Image.Image, recipe: Recipe) -> None:
    """Raise Unreadable for what is no still picture that can be used; looks at the header only."""
    width, height = image.size
    if width * height > HUGE:
        raise Unreadable(f"huge ({width * height / 1e6:.0f} megapixels)")
    if min(width, height) < 2:
        raise Unreadable(f"{width} x {height} pixels")
    if image.format in MOVING and getattr(image, "is_animated", False):
        raise Unreadable("animated")
    if is_deep(image):
        if recipe.white is None:
            raise Unreadable("32 bits a channel" if image.mode in ("I", "F") else "16 bits a channel")
    elif image.mode not in MODES and not declares_white(image):
        raise Unreadable(image.mode)


def render(image: Image.Image, box: Box | None, recipe: Recipe) -> np.ndarray:
    """Picture -> (C, R, R) uint8: cropped, over the background, resized with antialiasing."""
    size, flat = recipe.resolution, opaque(image, recipe.background, recipe.channels)
    part = cut(flat.size, box, recipe.crop)
    small = flat.resize((size, size), Image.Resampling.LANCZOS, box=part, reducing_gap=2.0)
    array = np.asarray(small).reshape(size, size, recipe.channels)
    return array.transpose(2, 0, 1)


def cut(size: tuple[int, int], box: Box | None, crop: str) -> Box:
    """The part of a picture of `size` (width, height) that is kept: of `box`, clipped, all or its centered square."""
    left, top, right, bottom = box or (0, 0, *size)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
    if min(right - left, bottom - top) < 1:
        raise Unreadable("box outside the picture")
    if crop == "squash":
        return left, top, right, bottom
    side = min(right - left, bottom - top)
    left, top = left + (right - left - side) / 2, top + (bottom - top - side) / 2
    return left, top, left + side, top + side
