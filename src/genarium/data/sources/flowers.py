"""Oxford 102 Flowers (Nilsback & Zisserman, ICVGIP 2008): 8,189 photographs of 102 British flowers."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from genarium.data.download import fetch
from genarium.data.source import Item
from genarium.data.sources.flower_names import FLOWERS
from genarium.data.sources.listing import check_complete, image_names, missing
from genarium.errors import UserError, nearest

FOLDER = "flowers-102"
LABELS, LISTS = "imagelabels.mat", "setid.mat"
FETCHED = {"images": "102flowers.tgz", "labels": LABELS, "lists": LISTS}

# which of the official lists is which split of ours
OFFICIAL = {"train": "trnid", "val": "valid", "test": "tstid"}
GENERATIVE = {"train": "tstid", "val": "valid", "test": "trnid"}
DIVISIONS = {"official": OFFICIAL, "generative": GENERATIVE}


class Flowers:
    """The official files in root/flowers-102: jpg/, imagelabels.mat, setid.mat.

    `splits=official`: train 1,020, val 1,020 and test 6,149, as classifiers use them. `splits=generative`: the same
    lists with the large one for training: train 6,149 (official test), val 1,020 (official val), test 1,020 (official
    train); both held-out splits then have ten images of each flower.
    """

    name = "flowers"
    classes = FLOWERS
    background = (255, 255, 255)

    def __init__(self, root: str | Path, splits: str, url: str, checksums: Mapping[str, str | None]) -> None:
        if splits not in DIVISIONS:
            raise UserError(f"data.splits={splits} is not known for flowers{nearest(splits, DIVISIONS)}")
        self.folder = Path(root).expanduser() / FOLDER
        self.splits, self.url, self.checksums = splits, url, dict(checksums)

    def items(self) -> list[Item]:
        """All images in the order of their numbers."""
        for part in (self.folder / "jpg", self.folder / LABELS, self.folder / LISTS):
            if not part.exists():
                raise missing(part, self.name, FOLDER)
        labels = table(self.folder / LABELS, "labels")
        split_of = {
            number: split
            for split, key in DIVISIONS[self.splits].items()
            for number in table(self.folder / LISTS, key).tolist()
        }
        names = {number: f"image_{number:05d}.jpg" for number in sorted(split_of)}
        check_complete(self.folder / "jpg", list(names.values()), image_names(self.folder / "jpg"), self.name)
        return [
            Item(f"jpg/{name}", self.folder / "jpg" / name, int(labels[number - 1]) - 1, split_of[number])
            for number, name in names.items()
        ]

    def settings(self) -> dict[str, object]:
        return {"splits": self.splits}

    def download(self) -> None:
        """Fetch the three official files, check and unpack them."""
        if self._lacking():
            with fetch.place(self.folder):
                lacking = self._lacking()
                fetch.files(self.url, {FETCHED[part]: self.checksums[part] for part in lacking}, self.folder)
                if "images" in lacking:
                    fetch.unpack(self.folder / FETCHED["images"], self.folder)
        self.items()

    def _lacking(self) -> list[str]:
        products = {"images": "jpg", "labels": LABELS, "lists": LISTS}
        return [part for part, product in products.items() if not (self.folder / product).exists()]


def table(path: Path, key: str) -> np.ndarray:
    """One list of a MATLAB file, (N,); UserError where the file cannot be read as one."""
    from scipy.io import loadmat  # slow to import, and needed for two sets alone

    try:
        return np.atleast_1d(loadmat(path, squeeze_me=True)[key])
    except (ValueError, KeyError, TypeError, EOFError, NotImplementedError) as error:
        raise UserError(f"{path} is not the official MATLAB file with {key!r}; delete it and fetch it again") from error
