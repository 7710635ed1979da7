"""Stanford Dogs (Khosla et al., FGVC workshop at CVPR 2011): 20,580 photographs of 120 breeds, from ImageNet."""

import logging
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from genarium.data.download import fetch
from genarium.data.source import Item
from genarium.data.sources.flowers import table
from genarium.data.sources.listing import check_complete, image_names, missing
from genarium.data.sources.splits import check_fractions, split_of
from genarium.errors import UserError

log = logging.getLogger(__name__)

FOLDER = "dogs"
TRAIN_LIST, TEST_LIST = "train_list.mat", "test_list.mat"
ARCHIVES = {"images": "images.tar", "lists": "lists.tar", "boxes": "annotation.tar"}


class Dogs:
    """The official files in root/dogs: Images/<wnid>-<breed>/*.jpg, and, where they are, the lists and Annotation/.

    With the official lists (train 12,000, test 8,580), `val_fraction` of the training list, by a hash of the name,
    validates. Without them all images are split by that hash, `test_fraction` of them for the test; settings() and the
    log say so. `crop_to_box` crops each image to the dog that is annotated, the largest one where there are several.
    """

    name = "dogs"
    background = (255, 255, 255)

    def __init__(
        self,
        root: str | Path,
        crop_to_box: bool,
        val_fraction: float,
        test_fraction: float,
        url: str,
        checksums: Mapping[str, str | None],
    ) -> None:
        check_fractions(val_fraction, test_fraction)
        self.folder = Path(root).expanduser() / FOLDER
        self.crop_to_box, self.val_fraction, self.test_fraction = crop_to_box, val_fraction, test_fraction
        self.url, self.checksums = url, dict(checksums)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Breeds in the order of their WordNet numbers, which is the official order of labels."""
        return tuple(folder.partition("-")[2].replace("_", " ") for folder in self._breeds)

    @property
    def has_lists(self) -> bool:
        return (self.folder / TRAIN_LIST).is_file() and (self.folder / TEST_LIST).is_file()

    def items(self) -> list[Item]:
        """All images, sorted by folder and name."""
        splits = self._listed() if self.has_lists else self._hashed()
        label = {folder: index for index, folder in enumerate(self._breeds)}
        if self.crop_to_box and not (self.folder / "Annotation").is_dir():
            raise UserError(
                f"data.crop_to_box needs the boxes in {self.folder / 'Annotation'}, which is missing:"
                " run `genarium data dogs data.crop_to_box=true` to fetch them, or set data.crop_to_box=false"
            )
        return [
            Item(
                f"Images/{name}",
                self.folder / "Images" / name,
                label[name.partition("/")[0]],
                split,
                largest_box(self.folder / "Annotation" / Path(name).with_suffix("")) if self.crop_to_box else None,
            )
            for name, split in sorted(splits.items())
        ]

    def settings(self) -> dict[str, object]:
        source = "official lists" if self.has_lists else "hash of the name"
        return {"crop_to_box": self.crop_to_box, "splits_by": source}

    def download(self) -> None:
        """Fetch, check and unpack the lists and images, and the boxes where they are asked for.

        Images that are there already are taken with the lists that they have, or with none.
        """
        if self._lacking():
            with fetch.place(self.folder):
                for part in self._lacking():
                    fetch.files(self.url, {ARCHIVES[part]: self.checksums[part]}, self.folder)
                    fetch.unpack(self.folder / ARCHIVES[part], self.folder)
        self.items()

    def _lacking(self) -> list[str]:
        products = {"lists": TRAIN_LIST, "boxes": "Annotation", "images": "Images"}
        lacking = [part for part, product in products.items() if not (self.folder / product).exists()]
        idle = (["lists"] if "images" not in lacking else []) + (["boxes"] if not self.crop_to_box else [])
        return [part for part in lacking if part not in idle]

    @cached_property
    def _names(self) -> list[str]:
        if not (self.folder / "Images").is_dir():
            raise missing(self.folder / "Images", self.name, FOLDER)
        names = [name for name in image_names(self.folder / "Images") if "/" in name]
        if not names:
            raise missing(self.folder / "Images" / "<breed>" / "*.jpg", self.name, FOLDER)
        return names

    @cached_property
    def _breeds(self) -> list[str]:
        return sorted({name.partition("/")[0] for name in self._names})

    def _listed(self) -> dict[str, str]:
        """Image -> split by the official lists."""
        train = [str(name) for name in table(self.folder / TRAIN_LIST, "file_list")]
        test = [str(name) for name in table(self.folder / TEST_LIST, "file_list")]
        check_complete(self.folder / "Images", train + test, self._names, self.name)
        return {name: split_of(name, self.val_fraction, 0) for name in train} | dict.fromkeys(test, "test")

    def _hashed(self) -> dict[str, str]:
        log.warning(
            "%s has no official lists (%s): the dogs are split by a hash of their names", self.folder, TRAIN_LIST
        )
        return {name: split_of(name, self.val_fraction, self.test_fraction) for name in self._names}


def largest_box(annotation: Path) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the largest box of an annotation file in Pascal VOC's XML."""
    try:
        boxes = [
            (number(box, "xmin"), number(box, "ymin"), number(box, "xmax"), number(box, "ymax"))
            for box in ElementTree.parse(annotation).iter("bndbox")
        ]
        return max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    except (OSError, ElementTree.ParseError, TypeError, ValueError) as error:
        raise UserError(
            f"{annotation} holds no box ({error}); fetch the boxes again or set data.crop_to_box=false"
        ) from error


def number(box: ElementTree.Element, side: str) -> int:
    """One side of a box; ValueError where it has none."""
    return int(box.findtext(side, ""))
