"""Animals-10 (Corrado Alessio, Kaggle): about 26,000 photographs of ten animals, in folders with Italian names."""

from pathlib import Path

from genarium.data.download import fetch
from genarium.data.source import Item
from genarium.data.sources.listing import image_names, missing
from genarium.data.sources.splits import check_fractions, split_of

FOLDER = "animals10"
ENGLISH = {
    "cane": "dog",
    "cavallo": "horse",
    "elefante": "elephant",
    "farfalla": "butterfly",
    "gallina": "chicken",
    "gatto": "cat",
    "mucca": "cow",
    "pecora": "sheep",
    "ragno": "spider",
    "scoiattolo": "squirrel",
}


class Animals:
    """Kaggle's files in root/animals10: raw-img/<animal in Italian>/*. Labels follow the order of the folders.

    No official split: `val_fraction` and `test_fraction` by a hash of the name.
    """

    name = "animals"
    classes = tuple(ENGLISH.values())
    background = (255, 255, 255)

    def __init__(self, root: str | Path, val_fraction: float, test_fraction: float, handle: str) -> None:
        check_fractions(val_fraction, test_fraction)
        self.folder = Path(root).expanduser() / FOLDER
        self.val_fraction, self.test_fraction, self.handle = val_fraction, test_fraction, handle

    def items(self) -> list[Item]:
        """All images, sorted by folder and name; folders of other names are none of the set."""
        found = []
        for label, animal in enumerate(ENGLISH):
            folder = self.folder / "raw-img" / animal
            if not folder.is_dir():
                raise missing(folder, self.name, FOLDER)
            for name in image_names(folder):
                full = f"raw-img/{animal}/{name}"
                found.append(Item(full, folder / name, label, split_of(full, self.val_fraction, self.test_fraction)))
        if not found:
            raise missing(self.folder / "raw-img" / "<animal>" / "*.jpeg", self.name, FOLDER)
        return found

    def settings(self) -> dict[str, object]:
        return {}

    def download(self) -> None:
        """Fetch the set from Kaggle."""
        if not (self.folder / "raw-img").exists():
            with fetch.place(self.folder):
                fetch.kaggle(self.handle, self.folder, unless="raw-img")
        self.items()
