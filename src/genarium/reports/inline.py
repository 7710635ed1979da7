"""A picture's file as it stands in a page: compressed, and smaller where it has to be."""

import base64
import io
import struct
import zlib
from pathlib import Path

from PIL import Image

BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises on a damaged PNG."""
QUALITY = 85
BOX = Image.Resampling.BOX


def readable(file: Path) -> bool:
    """Whether the file is a whole PNG: a run that was killed may leave a part of one."""
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            picture.verify()
    except BROKEN:
        return False
    return True


def webp(file: Path, side: int) -> bytes:
    """The picture as WebP, its longer side `side` pixels at most."""
    with Image.open(file) as picture, io.BytesIO() as buffer:
        whole = picture.convert("RGB")
        share = min(1, side / max(whole.size))
        smaller = whole if share == 1 else whole.resize([max(1, round(share * edge)) for edge in whole.size], BOX)
        smaller.save(buffer, "WEBP", quality=QUALITY, method=2)
        return buffer.getvalue()


def inlined(size: int) -> int:
    """Bytes that a file of `size` bytes takes in a page."""
    return 4 * -(-size // 3)


def address(data: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"
