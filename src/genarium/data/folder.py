"""Any folder of images, with or without class subfolders, with or without train, val and test subfolders."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from genarium.data.listing import EXTENSIONS, colour, image_names
from genarium.data.source import Item
from genarium.data.splits import check_shares, split_of
from genarium.errors import UserError, nearest

SPLIT_FOLDERS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
LABELS = ("folders", "none")


class Folder:
    """Images anywhere below `path`; hidden files are left out.

    `labels=folders`: the first subfolder that an image lies in is its class, and images without one mean a set without
    classes; `labels=none`: subfolders mean nothing. Where `path`/train exists, train, val (or valid, validation) and
    test below `path` are the splits; a split without a folder, or any split where there are no such folders, is
    taken from the training images by a hash of the name, `val_share` and `test_share` of them.
    """

    name = "folder"

    def __init__(
        self, path: str | Path, labels: str, background: Sequence[int], val_share: float, test_share: float
    ) -> None:
        if labels not in LABELS:
            raise UserError(f"data.labels={labels} is not known{nearest(labels, LABELS)}")
        check_shares(val_share, test_share)
        self.path, self.labels, self.background = Path(path).expanduser(), labels, colour(background)
        self.val_share, self.test_share = val_share, test_share

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of the class folders, sorted; empty where images lie in none."""
        if self.labels == "none":
            return ()
        inner = [self._place(name)[1] for name in self._names]
        classes = sorted({rest.partition("/")[0] for rest in inner if "/" in rest})
        loose = [name for name, rest in zip(self._names, inner, strict=True) if "/" not in rest]
        if classes and loose:
            raise UserError(
                f"{self.path} has class folders ({classes[0]}, …) and images outside of them ({loose[0]}, …):"
                " move those into a class, or set data.labels=none"
            )
        return tuple(classes)

    def items(self) -> list[Item]:
        """All images, sorted by their path."""
        label = {name: index for index, name in enumerate(self.classes)}
        return [
            Item(name, self.path / name, label.get(self._place(name)[1].partition("/")[0], 0), self._split(name))
            for name in self._names
        ]

    def settings(self) -> dict[str, object]:
        return {"background": list(self.background)}

    def download(self) -> None:
        """Nothing to fetch: the folder is the user's own."""
        self.items()

    @cached_property
    def _names(self) -> list[str]:
        if not self.path.is_dir():
            raise UserError(f"{self.path} is no folder; set data.path to the folder that holds the images")
        names = image_names(self.path)
        if not names:
            kinds = ", ".join(extension[1:] for extension in EXTENSIONS)
            raise UserError(f"{self.path} holds no images ({kinds}); set data.path to the folder that does")
        return names

    @cached_property
    def _official(self) -> set[str]:
        """The splits that have a folder of their own; none unless one of them is train."""
        found = {
            SPLIT_FOLDERS[top] for top in {name.split("/")[0] for name in self._names if "/" in name} & {*SPLIT_FOLDERS}
        }
        return found if "train" in found else set()

    def _place(self, name: str) -> tuple[str | None, str]:
        """The split folder that an image lies in, if splits have folders, and its path below that."""
        if not self._official:
            return None, name
        top, _, rest = name.partition("/")
        if not rest or top not in SPLIT_FOLDERS:
            raise UserError(
                f"{self.path} has split folders (train, …) and an image outside of them, {name}:"
                " move it into one, or point data.path at the folder that you mean"
            )
        return SPLIT_FOLDERS[top], rest

    def _split(self, name: str) -> str:
        folder, rest = self._place(name)
        if folder not in (None, "train"):
            return folder
        val_share = 0.0 if "val" in self._official else self.val_share
        test_share = 0.0 if "test" in self._official else self.test_share
        return split_of(rest, val_share, test_share)
