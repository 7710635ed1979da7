"""A picture's file as it stands in a page: whole, or compressed and smaller."""

import base64
import io
import struct
import zlib
from pathlib import Path

from PIL import Image

BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises on a damaged PNG."""


def readable(file: Path) -> bool:
    """Whether the file is a whole PNG: a run that was killed may leave a part of one."""
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            picture.verify()
    except BROKEN:
        return False
    return True


def webp(file: Path, share: float) -> bytes:
    with Image.open(file) as picture, io.BytesIO() as buffer:
        whole = picture.convert("RGB")
        sides = [max(1, round(share * side)) for side in whole.size]
        smaller = whole if share == 1 else whole.resize(sides, Image.Resampling.BOX)
        smaller.save(buffer, "WEBP", quality=85, method=2)
        return buffer.getvalue()


def inlined(size: int) -> int:
    """Bytes that a file of `size` bytes takes in a page."""
    return 4 * -(-size // 3)


def address(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
