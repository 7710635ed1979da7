"""Pictures of more than 8 bits a channel: which they are, and how they become 8 by a declared white."""

import re
import sys
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from genarium.data.packing.unreadable import Unreadable

SIXTEEN = re.compile(r"(RGBA?);16([BLN])")  # how Pillow names samples that it cuts to their high byte without a word
NATIVE = "L" if sys.byteorder == "little" else "B"
OTHER = {"B": "L", "L": "B"}


def raw(image: Image.Image) -> str:
    """How the samples of a picture that is not decoded yet are stored, as Pillow names it; '' where it does not."""
    tile = image.tile if isinstance(image, ImageFile.ImageFile) else []
    arguments = tile[0][3] if tile else ""
    return str(arguments[0] if isinstance(arguments, tuple) and arguments else arguments)


def declares_white(image: Image.Image) -> bool:
    """Whether its header names the largest value of more than 8 bits: then Pillow has brought that to 65535."""
    return image.format == "PPM" and image.mode.startswith("I")


def is_deep(image: Image.Image) -> bool:
    """Whether samples have more than 8 bits and the file does not declare which value is white."""
    if declares_white(image):
        return False
    return image.mode == "F" or image.mode.startswith("I") or ";16" in raw(image)


def eight_bits(image: Image.Image, file: BinaryIO, white: float | None) -> Image.Image:
    """`image`, which `file` holds, with 8 bits a channel: 0 and less is black, `white` and more is 255."""
    if declares_white(image):
        return scaled(np.asarray(image), 65535)
    if not is_deep(image):
        image.load()
        return image
    assert white is not None  # without one, such a picture is refused
    if image.mode == "F" or image.mode.startswith("I"):
        return scaled(np.asarray(image), white)
    return scaled(colors(image, file), white)


def scaled(values: np.ndarray, white: float) -> Image.Image:
    """(H, W) or (H, W, C) of any type -> a picture."""
    if not np.isfinite(values).all():
        raise Unreadable("not finite")
    return Image.fromarray(np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8))


def colors(image: Image.Image, file: BinaryIO) -> np.ndarray:
    """Colors of 16 bits, (H, W, 3 or 4): Pillow gives their high byte, and called other-endian their low one."""
    found = SIXTEEN.fullmatch(raw(image))
    if not found:
        raise Unreadable("16 bits a channel in a form that Pillow cuts to 8")
    high = np.asarray(image).astype(np.uint16)
    file.seek(0)
    with Image.open(file) as again:
        swapped = f"{found[1]};16{OTHER[NATIVE if found[2] == 'N' else found[2]]}"
        tiles = []
        for tile in again.tile:
            rest = (swapped, *tile.args[1:]) if isinstance(tile.args, tuple) else swapped
            tiles.append(tile._replace(args=rest))
        again.tile = tiles
        low = np.asarray(again)
    return high * 256 + low
