"""Pokémon images (kvpratama, Kaggle): 819 drawings, as PNG with transparency and as JPG."""

from collections.abc import Sequence
from pathlib import Path

from genarium.data.download import fetch
from genarium.data.source import Item
from genarium.data.sources.listing import color, image_names, missing
from genarium.data.sources.splits import check_fractions, split_of
from genarium.errors import UserError, nearest

FOLDER = "pokemon"
PLACES = {"png": "pokemon/pokemon", "jpg": "pokemon_jpg/pokemon_jpg"}


class Pokemon:
    """Kaggle's files in root/pokemon, without classes.

    `variant=png`: transparency is laid over `background`; `variant=jpg`: as they are. The split is a hash of the
    Pokémon's number and form (`3-mega`): the same in both variants.
    """

    name = "pokemon"
    classes: tuple[str, ...] = ()

    def __init__(
        self,
        root: str | Path,
        variant: str,
        background: Sequence[int],
        val_fraction: float,
        test_fraction: float,
        handle: str,
    ) -> None:
        if variant not in PLACES:
            raise UserError(f"data.variant={variant} is not known for pokemon{nearest(variant, PLACES)}")
        check_fractions(val_fraction, test_fraction)
        self.folder = Path(root).expanduser() / FOLDER
        self.variant, self.background = variant, color(background)
        self.val_fraction, self.test_fraction, self.handle = val_fraction, test_fraction, handle

    def items(self) -> list[Item]:
        """All images of the variant, sorted by name."""
        folder = self.folder / PLACES[self.variant]
        names = image_names(folder)
        if not names:
            raise missing(folder / f"*.{self.variant}", self.name, FOLDER)
        return [
            Item(
                f"{PLACES[self.variant]}/{name}",
                folder / name,
                0,
                split_of(Path(name).stem, self.val_fraction, self.test_fraction),
            )
            for name in names
        ]

    def settings(self) -> dict[str, object]:
        return {"variant": self.variant, "background": list(self.background)}

    def download(self) -> None:
        """Fetch the set from Kaggle."""
        if not (self.folder / "pokemon").exists():
            with fetch.place(self.folder):
                fetch.kaggle(self.handle, self.folder, unless="pokemon")
        self.items()
