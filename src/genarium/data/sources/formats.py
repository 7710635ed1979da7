"""Image formats: recognized by ending, as Pillow knows them, else by a file's first bytes."""

import mimetypes
import os
from collections.abc import Mapping
from functools import lru_cache

from PIL import Image

NO_STILLS = {"BUFR", "EPS", "GRIB", "HDF5", "IPTC", "MCIDAS", "MPEG", "SPIDER", "WMF"}
"""What Pillow takes for pictures and either cannot decode itself or would run another program on."""
KNOWN_BY_THEIR_BYTES = ("JPEG", "PNG", "GIF", "WEBP")
"""Formats whose first bytes are enough; those of TIFF also begin a camera's raw file, of which it is the thumbnail."""
COPIES = ("~", ".bak", ".crdownload", ".old", ".orig", ".part", ".tmp")
TELLING = frozenset(mimetypes.MimeTypes(filenames=()).types_map[True])
"""Endings that say what a file is, so that one that is no picture need not be opened."""
PHONES = {".heic", ".heif", ".hif"}
RAW = {".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".rw2"}
ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip"}
TO_CONVERT = PHONES | RAW | {".svg", ".jxl", ".psb", ".eps", ".pdf"}


@lru_cache(maxsize=1)
def endings() -> dict[str, str]:
    """Ending, in small letters -> format, of every picture that this Pillow decodes."""
    Image.init()
    decoded = {kind for kind in Image.OPEN if kind not in NO_STILLS}
    return {ending: kind for ending, kind in Image.registered_extensions().items() if kind in decoded}


def formats() -> tuple[str, ...]:
    """Formats that a file may hold, independent of its ending."""
    endings()
    return tuple(kind for kind in Image.ID if kind not in NO_STILLS)


def ending(name: str) -> str:
    """'.jpg' of 'a/b.JPG'; '' where there is none."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 — pathlib is slow for tens of thousands


def is_picture(path: str) -> bool:
    """Whether the file is to be decoded. Raises OSError where that takes a look into it and it cannot be read."""
    kind = ending(path)
    if kind in endings():
        return True
    if kind in TELLING or kind in TO_CONVERT or path.lower().endswith(COPIES):
        return False
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:  # noqa: PTH123 — a pipe may not block
        start = file.read(16) or b""
    tests = (Image.OPEN[name][1] for name in KNOWN_BY_THEIR_BYTES)
    return any(test is not None and test(start) is True for test in tests)


def remedy(left_out: Mapping[str, int]) -> str:
    """Remedy for files of these endings, as the end of a sentence; '' where there is none."""
    if found := sorted(left_out.keys() & TO_CONVERT):
        return f"; convert {', '.join(found)} to PNG or JPEG to use them"
    if found := sorted(left_out.keys() & ARCHIVES):
        return f"; unpack {', '.join(found)} to use what is in them"
    return ""


def counted(left_out: Mapping[str, int]) -> str:
    """'10 .heic, 2 without ending'."""
    return ", ".join(f"{count} {kind or 'without ending'}" for kind, count in left_out.items())
