"""One image file -> (C, R, R) uint8, or the reason why it cannot be used."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

CROPS = ("center", "squash")
HUGE = 80e6  # pixels; above it one picture would need hundreds of megabytes to decode
MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "YCbCr"})
ORIENTATION = 0x0112  # EXIF tag: how the camera was held
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DEEP = re.compile(r";16[BLN]")  # how PIL names 16-bit samples that it is about to cut to 8 without saying so

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Unreadable(Exception):
    """Why one file cannot be used, in a few words; details in brackets at the end."""


@dataclass(frozen=True)
class Recipe:
    """How a picture becomes an array."""

    resolution: int  # R
    channels: int  # C: 3 colour, 1 grey
    crop: str  # "center": the largest centred square; "squash": all of it, made square
    background: tuple[int, int, int]  # what lies behind transparent pixels


def content(path: str | Path) -> bytes:
    """All bytes of a file; raises Unreadable."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 — twice as fast as Path.read_bytes on small files
            return file.read()
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from None


def pixels(file: str | Path | BinaryIO, box: Box | None, recipe: Recipe) -> np.ndarray:
    """The picture in `file`, cropped to `box` first if given, -> (C, R, R) uint8; raises Unreadable."""
    try:
        with Image.open(file) as image:
            refuse(image)
            return render(image, box, recipe)
    except UnidentifiedImageError:
        raise Unreadable("not an image") from None
    except Image.DecompressionBombError:
        raise Unreadable("huge") from None
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # PIL's decoders raise nearly everything on a broken file
        raise Unreadable("truncated" if "truncated" in str(error).lower() else "corrupt") from None


def refuse(image: Image.Image) -> None:
    """Raise Unreadable for what is no plain 8-bit still picture; looks at the header only."""
    width, height = image.size
    raw = str(image.tile[0][3]) if image.tile else ""
    if width * height > HUGE:
        raise Unreadable(f"huge ({width * height / 1e6:.0f} megapixels)")
    if min(width, height) < 2:
        raise Unreadable(f"{width} x {height} pixels")
    if getattr(image, "is_animated", False) and image.format != "MPO":  # MPO: a camera's still with a second view
        raise Unreadable("animated")
    if image.mode.startswith("I;16") or DEEP.search(raw):
        raise Unreadable("16 bits a channel")
    if image.mode in ("I", "F"):
        raise Unreadable("32 bits a channel")
    if image.mode not in MODES:
        raise Unreadable(image.mode)


def render(image: Image.Image, box: Box | None, recipe: Recipe) -> np.ndarray:
    """Opened picture -> (C, R, R) uint8: upright, cropped, over the background, resized with antialiasing."""
    size = recipe.resolution
    width, height = image.size
    shortest = min(box[2] - box[0], box[3] - box[1]) if box else min(width, height)
    # a JPEG may be decoded at 1/2, 1/4, 1/8; twice the final size is kept for the antialiased resize
    surplus = max(1.0, shortest / (2 * size))
    image.draft("L" if recipe.channels == 1 else "RGB", (int(width / surplus), int(height / surplus)))
    shrink = max(1, round(width / image.width))
    flat = opaque(upright(image), recipe)
    part = cut(flat.size, tuple(edge / shrink for edge in box) if box else None, recipe.crop)
    small = flat.resize((size, size), Image.Resampling.LANCZOS, box=part, reducing_gap=2.0)
    array = np.asarray(small).reshape(size, size, recipe.channels)
    return array.transpose(2, 0, 1)


def upright(image: Image.Image) -> Image.Image:
    """The picture as its camera saw it."""
    try:
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION))
    except (SyntaxError, ValueError, TypeError, struct.error):  # a broken EXIF block says nothing of the pixels
        return image
    return image if turn is None else image.transpose(turn)


def opaque(image: Image.Image, recipe: Recipe) -> Image.Image:
    """Colour or grey, transparent pixels over the background."""
    if image.has_transparency_data:
        behind = Image.new("RGBA", image.size, (*recipe.background, 255))
        behind.alpha_composite(image.convert("RGBA"))
        image = behind.convert("RGB")
    return image.convert("L" if recipe.channels == 1 else "RGB")


def cut(size: tuple[int, int], box: Box | None, crop: str) -> Box:
    """The part of a picture of `size` (width, height) that is kept: of `box`, clipped, all or its centred square."""
    left, top, right, bottom = box or (0, 0, *size)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])
    if min(right - left, bottom - top) < 1:
        raise Unreadable("box outside the picture")
    if crop == "squash":
        return left, top, right, bottom
    side = min(right - left, bottom - top)
    left, top = left + (right - left - side) / 2, top + (bottom - top - side) / 2
    return left, top, left + side, top + side
