"""Two folders of images, each a domain."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from genarium.data.source import Item
from genarium.data.sources.folder import Folder
from genarium.data.sources.listing import color, printable
from genarium.data.sources.user_folder import at_home
from genarium.errors import UserError


class TwoFolders:
    """Images of two domains, those below `path_a`, of class a, and those below `path_b`, of class b: in no pairs, and
    of any number. Splits are each folder's own, as of `Folder`."""

    name = "two_folders"
    classes = ("a", "b")

    def __init__(self, path_a: str | Path, path_b: str | Path, background: Sequence[int], **folder: Any) -> None:
        """`folder`: val_fraction, test_fraction and split_folders of Folder."""
        for name, path in (("a", path_a), ("b", path_b)):
            if not str(path or ""):
                raise UserError(
                    f"data.path_{name} is empty: set data.path_{name} to the folder of images of one domain"
                )
        self.paths, self.background = (at_home(path_a), at_home(path_b)), color(background)
        if self.paths[0].resolve() == self.paths[1].resolve():
            raise UserError(f"data.path_a and data.path_b are both {printable(path_a)}: name the folder of each domain")
        self.settings_of_folder = {"labels": "none", "background": background, **folder}
        self.val_fraction, self.test_fraction = folder["val_fraction"], folder["test_fraction"]

    @cached_property
    def listed(self) -> list[Item]:
        folders = [Folder(path, **self.settings_of_folder) for path in self.paths]
        return [
            Item(f"{name}/{item.name}", item.path, label, item.split)
            for label, (name, folder) in enumerate(zip(self.classes, folders, strict=True))
            for item in folder.items()
        ]

    def items(self) -> list[Item]:
        """Images of the first domain, then those of the second."""
        return self.listed

    def settings(self) -> dict[str, object]:
        return {"background": list(self.background)}

    def download(self) -> None:
        """Nothing to fetch: the folders are the user's own."""
        self.items()
