"""Checks of output paths, before the work whose results are written there."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from genarium.errors import UserError

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Ending of a picture's file -> Pillow's name of its format."""


def out_file(text: str, endings: Sequence[str]) -> Path:
    """The file that out=`text` names, a leading ~ expanded; UserError where it is none that can be written, or has
    another ending than `endings`."""
    if not text.strip():
        raise UserError(f"out= names no file: name one, such as out=result{endings[0]}")
    path = Path(os.path.expanduser(text))  # noqa: PTH111, which leaves what is nobody's home
    if path.is_dir() or text.endswith(os.sep):
        inside = shlex.quote(f"out={Path(text) / f'result{endings[0]}'}")
        raise UserError(f"out={text} is a folder: name a file, such as {inside}")
    if path.suffix.lower() not in endings:
        known = " or ".join([", ".join(endings[:-1]), endings[-1]] if len(endings) > 1 else endings)
        example = shlex.quote(f"out={Path(text).with_suffix(endings[0])}")
        raise UserError(f"out={text}: the file must end in {known}, such as {example}")
    if why := why_not(path.parent):
        raise UserError(f"out={text} cannot be written ({why}): choose another file as out=…")
    return path


def new_folder(text: str, file: str) -> Path:
    """The folder that out=`text` names, a leading ~ expanded; UserError where it cannot be written, or holds such a
    `file` already."""
    if not text.strip():
        raise UserError("out= names no folder: name one, such as out=results")
    out = Path(os.path.expanduser(text))  # noqa: PTH111, which leaves what is nobody's home
    if why := why_not(out):
        raise UserError(f"out={text} cannot be written ({why}): choose another folder as out=…")
    if (out / file).exists():
        raise UserError(f"{out / file} is there already: choose another folder as out=…, or remove it")
    return out


def why_not(folder: Path) -> str:
    """Why nothing can be written in `folder`, which may not exist yet; '' where it can."""
    place = Path(os.path.abspath(folder))  # noqa: PTH100, as far as it exists
    while not os.path.lexists(place):
        place = place.parent
    if not os.path.isdir(place):  # noqa: PTH112, which never raises
        return f"{shown(place)} is no folder"
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    return "" if os.access(place, os.W_OK | os.X_OK) else f"no permission for {shown(place)}"


def shown(place: Path) -> str:
    """Path relative to the working folder, where that is shorter."""
    return min(os.path.relpath(place), str(place), key=len)


def refuse_unwritable(folder: Path, remedy: str) -> None:
    """UserError where a run's folder cannot be written."""
    if why := why_not(folder):
        raise UserError(f"{folder} cannot be written ({why}): {remedy}")


def remove_empty(folder: Path) -> None:
    """Take back the folders of a run that never began."""
    for path in (folder, folder.parent, folder.parent.parent):
        try:
            path.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return
