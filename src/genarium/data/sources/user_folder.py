"""The folder that a user names."""

from pathlib import Path
from typing import NamedTuple

from genarium.data.sources.formats import ARCHIVES
from genarium.data.sources.listing import image_names, printable, unreadable
from genarium.errors import UserError


class ImageFiles(NamedTuple):
    """Images that a user named: what was typed, the folder that they are in, and their names below it."""

    typed: str
    root: Path
    names: list[str]


def at_home(path: str | Path) -> Path:
    """With a leading ~ as the home that it stands for; a folder that is really called so, or of nobody's, stays."""
    given = Path(str(path))
    try:
        return given if given.exists() else given.expanduser()
    except (RuntimeError, OSError):  # no such user; a name that is too long, or a folder that may not be looked into
        return given


def images_in(typed: str) -> ImageFiles:
    """Every image of a folder, or one file, that in=`typed` names; UserError where there is none."""
    place = at_home(typed)
    if not place.exists():
        raise UserError(f"in={printable(typed)} does not exist: name a folder of images, or an image")
    root, names = (place, image_names(place)) if place.is_dir() else (place.parent, [place.name])
    if not names:
        raise UserError(f"in={printable(typed)} holds no images that Pillow opens: name a folder that does")
    return ImageFiles(typed, root, names)


def check_folder(path: Path, of: str = "images") -> None:
    """UserError unless `path` is a folder, which is to be one `of` something."""
    try:
        if path.stat() and path.is_dir():
            return
    except (FileNotFoundError, ValueError):  # the latter of a name that no file can have
        said = f"is no folder; set data.path to the folder that holds the {of}"
        raise UserError(f"{printable(path)} {said}") from None
    except OSError as error:
        raise unreadable(error, path.parent) from None
    if path.suffix.lower() in ARCHIVES:
        raise UserError(f"{printable(path)} is an archive: unpack it, and set data.path to the folder that it gives")
    raise UserError(
        f"{printable(path)} is a file: set data.path to the folder that holds the {of},"
        f" data.path={printable(path.parent)}"
    )
