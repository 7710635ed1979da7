"""Any folder of images, with or without class subfolders, with or without train, val and test subfolders."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from genarium.data.source import Item
from genarium.data.sources.formats import counted, remedy
from genarium.data.sources.layout import Placement, listed, places, split_word
from genarium.data.sources.listing import Listing, color, listing, printable
from genarium.data.sources.splits import check_fractions, split_of
from genarium.data.sources.user_folder import at_home, check_folder
from genarium.errors import UserError, nearest

LABELS = ("folders", "none")


class Folder:
    """Images anywhere below `path`; hidden files are left out.

    `labels=folders`: the first subfolder that an image lies in is its class, and images without one mean a set without
    classes; `labels=none`: subfolders mean nothing. `split_folders` says where train, val and test folders lie
    (`layout.places`); a split without a folder, or any split where there are no such folders, is taken from the
    training images by a hash of the name, `val_fraction` and `test_fraction` of them.
    """

    name = "folder"

    def __init__(
        self,
        path: str | Path,
        labels: str,
        background: Sequence[int],
        val_fraction: float,
        test_fraction: float,
        split_folders: str = "auto",  # what runs of before the key do
    ) -> None:
        if labels not in LABELS:
            raise UserError(f"data.labels={labels} is not known{nearest(str(labels), LABELS)}")
        if not str(path or ""):
            raise UserError("data.path is empty: set data.path to the folder that holds the images")
        check_fractions(val_fraction, test_fraction)
        self.path, self.labels, self.background = at_home(path), labels, color(background)
        self.val_fraction, self.test_fraction, self.split_folders = val_fraction, test_fraction, split_folders

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of the class folders, sorted; empty where images lie in none."""
        if self.labels == "none":
            return ()
        folders = {place.folder for place in self._places.values()}
        classes = sorted(folder for folder in folders if folder is not None)
        if classes and None in folders:
            loose = next(name for name, place in self._places.items() if place.folder is None)
            raise UserError(
                f"{printable(self.path)} has class folders ({classes[0]}, …) and images outside of them"
                f" ({printable(loose)}, …): move those into a class, or set data.labels=none"
            )
        self._refuse_one_too_many(classes)
        return tuple(classes)

    @property
    def left_out(self) -> dict[str, int]:
        """Files beside the images, by ending or kind -> count."""
        held = {name.rpartition("/")[0] for name in self._listing.names}
        used = {folder for path in held for folder in above(path)}
        empty = sum(folder not in used for folder in self._listing.folders)
        return self._listing.left_out | ({"folders without images": empty} if empty else {})

    def items(self) -> list[Item]:
        """All images, sorted by their path."""
        label = {name: index for index, name in enumerate(self.classes)}
        return [
            Item(name, self.path / name, label.get(place.folder or "", 0), self._split(place))
            for name, place in self._places.items()
        ]

    def settings(self) -> dict[str, object]:
        return {"background": list(self.background)}

    def download(self) -> None:
        """Nothing to fetch: the folder is the user's own."""
        self.items()

    @cached_property
    def _listing(self) -> Listing:
        check_folder(self.path)
        found = listing(self.path)
        if not found.names:
            held = f" ({counted(found.left_out)})" if found.left_out else ""
            to_do = remedy(found.left_out) or "; set data.path to the folder that does"
            raise UserError(f"{printable(self.path)} holds no images that Pillow opens{held}{to_do}")
        return found

    @cached_property
    def _places(self) -> dict[str, Placement]:
        return places(self._listing.names, self.split_folders, printable(self.path))

    @cached_property
    def _official(self) -> set[str]:
        """The splits that have a folder of their own."""
        return {place.split for place in self._places.values() if place.split is not None}

    def _split(self, place: Placement) -> str:
        if place.split not in (None, "train"):
            return place.split
        val_fraction = 0.0 if "val" in self._official else self.val_fraction
        test_fraction = 0.0 if "test" in self._official else self.test_fraction
        return split_of(place.inner, val_fraction, test_fraction)

    def _refuse_one_too_many(self, classes: Sequence[str]) -> None:
        """Archives wrap a set in a folder of its own name: then all images are of one class, and nothing says so."""
        inner = {parts[1] for place in self._places.values() if len(parts := place.inner.split("/")) > 2}
        if len(classes) != 1 or not inner:
            return
        top = next(name.partition("/")[0] for name, place in self._places.items() if place.inner.count("/") > 1)
        below_split = self._official and split_word(top)
        raised = "move them one folder up" if below_split else f"set data.path={printable(self.path / top)}"
        folders = "folder" if len(inner) == 1 else "folders"
        raise UserError(
            f"{printable(self.path)} has one class, {classes[0]}, with the {folders} {listed(sorted(inner))} inside:"
            f" {raised} if those are the classes, or set data.labels=none if folders mean nothing"
        )


def above(path: str) -> list[str]:
    """a/b/c -> a, a/b, a/b/c."""
    parts = path.split("/")
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]
