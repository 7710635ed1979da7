"""Numbers of many series as text in a page: bytes in planes, deflated, base64. The browser's DecompressionStream
inflates them."""

import base64
import zlib
from collections.abc import Iterable

import numpy as np

LEVEL = 6  # of zlib; 9 takes three times as long for a hundredth less


def planes(numbers: np.ndarray) -> bytes:
    """First bytes of all numbers, then second bytes, …: exponents lie together and deflate to little."""
    return np.ascontiguousarray(numbers).view(np.uint8).reshape(-1, numbers.itemsize).T.tobytes()


def joined(parts: Iterable[np.ndarray], kind: str) -> np.ndarray:
    """All `parts` one behind the other, as numbers of `kind`, such as '<f4': little-endian, 4 bytes."""
    found = list(parts)
    with np.errstate(over="ignore"):  # beyond float32 is infinite in it
        return np.concatenate(found).astype(kind) if found else np.zeros(0, kind)


def packed(*numbers: np.ndarray) -> str:
    """The arrays' planes, one array behind the other, as text."""
    return base64.b64encode(zlib.compress(b"".join(map(planes, numbers)), LEVEL)).decode()
