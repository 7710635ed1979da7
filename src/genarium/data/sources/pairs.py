"""Folders of pairs of images: side by side in one file, or of one name in the folders A and B."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from genarium.data.source import Item
from genarium.data.sources.folder import Folder
from genarium.data.sources.listing import color, printable
from genarium.data.sources.user_folder import at_home, check_folder
from genarium.errors import UserError

LEFT, RIGHT = " (left)", " (right)"


class PairedFolder:
    """Pairs of images below `path`: where it has folders A and B, an image of each with one name and one size; else
    files that hold two squares side by side. The left one, or that of A, is of class a, the other of class b.

    Splits are those of `Folder`: both images of a pair are in one.
    """

    name = "pairs"
    classes = ("a", "b")

    def __init__(self, path: str | Path, background: Sequence[int], **folder: Any) -> None:
        """`folder`: val_fraction, test_fraction and split_folders of Folder."""
        if not str(path or ""):
            raise UserError("data.path is empty: set data.path to the folder that holds the pairs")
        self.path, self.background = at_home(path), color(background)
        self.folder = {"labels": "none", "background": background, **folder}
        self.val_fraction, self.test_fraction = folder["val_fraction"], folder["test_fraction"]

    def items(self) -> list[Item]:
        """Both images of every pair, sorted by their path."""
        check_folder(self.path)
        sides = [self.side(name) for name in ("a", "b")]
        if all(sides):
            return self.of_two_folders(*(side for side in sides if side))
        if any(sides):
            there = next(side for side in sides if side)
            raise UserError(f"{printable(there)} has no partner: put the other images of the pairs into its fellow")
        return [half for item in self.listed(self.path) for half in halves(item)]

    def side(self, letter: str) -> Path | None:
        """The folder A or B, however it is written."""
        found = sorted(path for path in self.path.iterdir() if path.name.lower() == letter and path.is_dir())
        return found[0] if found else None

    def of_two_folders(self, first: Path, second: Path) -> list[Item]:
        """Items of A and B; UserError for a name without a partner or with two, or for two sizes."""
        sides = [by_name(self.listed(folder)) for folder in (first, second)]
        for here, there, folder in ((sides[0], sides[1], second), (sides[1], sides[0], first)):
            if lone := sorted(here.keys() - there.keys()):
                path = printable(here[lone[0]].path)
                raise UserError(f"{path} has no partner in {printable(folder)}: add one of the same name, or remove it")
        for name, item in sides[0].items():
            check_sizes(item.path, sides[1][name].path)
        return [
            Item(f"{folder.name}/{item.name}", item.path, label, sides[0][name].split)
            for label, (folder, side) in enumerate(zip((first, second), sides, strict=True))
            for name, item in sorted(side.items())
        ]

    def listed(self, folder: Path) -> list[Item]:
        return Folder(folder, **self.folder).items()

    def pairs(self, names: Sequence[str], count: int) -> np.ndarray:
        """(N,) name that both images of a pair share."""
        halved = names[0].endswith((LEFT, RIGHT))
        return np.array([name.removesuffix(LEFT).removesuffix(RIGHT) if halved else key(name[2:]) for name in names])

    def settings(self) -> dict[str, object]:
        return {"background": list(self.background)}

    def download(self) -> None:
        """Nothing to fetch: the folder is the user's own."""
        self.items()


def key(name: str) -> str:
    """A file's path below its folder, without its ending: what both images of a pair share."""
    return PurePosixPath(name).with_suffix("").as_posix()


def by_name(items: Sequence[Item]) -> dict[str, Item]:
    """Items by what both images of a pair share; UserError where two of one side share it."""
    found: dict[str, Item] = {}
    for item in items:
        if other := found.get(key(item.name)):
            raise UserError(
                f"{printable(item.path)} and {printable(other.path)} have one name but for the ending, which leaves"
                " open which of them belongs to the pair: rename or remove one"
            )
        found[key(item.name)] = item
    return found


def size(path: Path) -> tuple[int, int]:
    """(width, height) in pixels by the file's header; (0, 0) where it is no image, which packing will say."""
    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, Image.DecompressionBombError):
        return (0, 0)


def check_sizes(first: Path, second: Path) -> None:
    """UserError where a pair's images are of two sizes."""
    sizes = size(first), size(second)
    if sizes[0] != sizes[1] and (0, 0) not in sizes:
        (w, h), (wide, high) = sizes
        raise UserError(
            f"{printable(first)} is {w} x {h} px and its partner {printable(second)} {wide} x {high}: make them of one"
            " size, so that their pixels correspond"
        )


def halves(item: Item) -> list[Item]:
    """Left and right square of a pair in one file; UserError where it is not twice as wide as high."""
    width, height = size(item.path)
    if width != 2 * height:
        raise UserError(
            f"{printable(item.path)} is {width} x {height} px, and a pair side by side is twice as wide as high: crop"
            f" it so, or put the images of each side into {printable(item.path.parent)}/A and …/B"
        )
    boxes = ((0, 0, height, height), (height, 0, width, height))
    return [
        Item(item.name + side, item.path, label, item.split, box)
        for label, (side, box) in enumerate(zip((LEFT, RIGHT), boxes, strict=True))
    ]
