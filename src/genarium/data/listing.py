"""Finding image files on disk, in an order that is the same everywhere."""

import os
from collections.abc import Sequence
from pathlib import Path

from genarium.errors import UserError

EXTENSIONS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")
CLUTTER = ("__MACOSX",)


def image_names(folder: Path) -> list[str]:
    """Paths of the image files below `folder`, relative and with '/', sorted; hidden files and folders are left out."""
    names: list[str] = []
    seen: set[str] = set()
    for here, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:  # a link that leads back up
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in CLUTTER)
        below = Path(here).relative_to(folder)
        names += [(below / name).as_posix() for name in files if is_image(name)]
    return sorted(names)


def is_image(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith(EXTENSIONS)


def missing(what: Path, name: str, folder: str) -> UserError:
    """The error of a set whose files are not there. `folder` is the set's place below data.root."""
    return UserError(
        f"{what} is missing: run `genarium data {name}` to fetch it, or set data.root (or GENARIUM_DATA)"
        f" to the folder that holds {folder}/"
    )


def check_complete(folder: Path, wanted: Sequence[str], present: Sequence[str], name: str) -> None:
    """UserError where files that the official lists name are not below `folder`."""
    lacking = sorted(set(wanted) - set(present))
    if lacking:
        raise UserError(
            f"{folder} lacks {len(lacking):,} of the {len(wanted):,} images of the official lists, {lacking[0]} first:"
            f" move the folder away and run `genarium data {name}` to fetch it again"
        )


def colour(value: Sequence[int]) -> tuple[int, int, int]:
    """A background colour from the configuration; UserError unless it is three whole numbers of 0 to 255."""
    parts = tuple(value)
    if len(parts) != 3 or not all(isinstance(part, int) and 0 <= part <= 255 for part in parts):
        raise UserError(f"data.background={list(parts)} is no colour; give red, green and blue as [255,255,255]")
    return parts
