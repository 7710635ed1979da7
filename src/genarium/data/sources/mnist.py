"""MNIST (LeCun, Cortes & Burges, 1998): 70,000 handwritten digits of 28 x 28 gray pixels."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import interpolate, pad

from genarium.data.download import fetch
from genarium.data.source import Rendered
from genarium.data.sources.listing import missing
from genarium.errors import UserError

FOLDER = "MNIST/raw"
SIDE = 28
ARCHIVES = {
    "train_images": "train-images-idx3-ubyte.gz",
    "train_labels": "train-labels-idx1-ubyte.gz",
    "test_images": "t10k-images-idx3-ubyte.gz",
    "test_labels": "t10k-labels-idx1-ubyte.gz",
}


class Mnist:
    """The official idx files in root/MNIST/raw, as .gz or unpacked: their content is checked, so that archives
    compressed again will do.

    The last `validation` of the 60,000 training digits validate (10,000 is usual), the official test set tests.
    """

    name = "mnist"
    classes = tuple("0123456789")
    modes = (10,)  # equally frequent but for a KL to the uniform of 0.0014 nats

    def __init__(self, root: str | Path, validation: int, url: str, checksums: Mapping[str, str | None]) -> None:
        if validation < 0:
            raise UserError(f"data.validation={validation} is negative; choose how many training digits to hold out")
        self.folder = Path(root).expanduser() / FOLDER
        self.validation, self.url, self.checksums = validation, url, dict(checksums)

    def render(self, resolution: int) -> Rendered:
        """28 px as they are, 32 px with a black border of 2, any other size resampled (bilinear, antialiased)."""
        train, train_labels = self._set("train")
        test, test_labels = self._set("test")
        if self.validation >= len(train):
            raise UserError(f"data.validation={self.validation} leaves none of the {len(train):,} digits to train on")
        splits = np.zeros(len(train) + len(test), np.int64)
        splits[len(train) - self.validation : len(train)] = 1
        splits[len(train) :] = 2
        images = resized(np.concatenate([train, test])[:, None], resolution)
        return Rendered(images, np.concatenate([train_labels, test_labels]).astype(np.int64), splits, {})

    def settings(self) -> dict[str, object]:
        """The files' own hashes, so that another content is another set."""
        hashes = {part: hashlib.sha256(self._file(part).read_bytes()).hexdigest() for part in ARCHIVES}
        return {"validation": self.validation, "files": hashes}

    def download(self) -> None:
        """Fetch the four official archives."""
        if self._lacking():
            with fetch.place(self.folder):
                wanted = {ARCHIVES[part]: self.checksums[part] for part in self._lacking()}
                fetch.files(self.url, wanted, self.folder)
        self._set("train")
        self._set("test")

    def _lacking(self) -> list[str]:
        return [part for part, name in ARCHIVES.items() if not any(file.is_file() for file in self._names(name))]

    def _names(self, archive: str) -> tuple[Path, Path]:
        return self.folder / archive, self.folder / archive.removesuffix(".gz")

    def _file(self, part: str) -> Path:
        for file in self._names(ARCHIVES[part]):
            if file.is_file():
                return file
        raise missing(self.folder / ARCHIVES[part], self.name, FOLDER)

    def _set(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Digits, (N, 28, 28), and labels, (N,), of the official training or test set."""
        image_file, label_file = self._file(f"{name}_images"), self._file(f"{name}_labels")
        images, labels = read_idx(image_file), read_idx(label_file)
        if images.shape[1:] != (SIDE, SIDE) or labels.shape != images.shape[:1] or labels.max(initial=0) > 9:
            raise UserError(
                f"{image_file} and {label_file.name} do not hold as many digits of 28 x 28 as labels;"
                " delete both and run `genarium data mnist` to fetch them again"
            )
        return images, labels


def read_idx(path: Path) -> np.ndarray:
    """An array of bytes in LeCun's idx format: two zero bytes, type 8, number of axes, their sizes, then the values."""
    damaged = f"{path} is no whole idx file; delete it and run `genarium data mnist` to fetch it again"
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(damaged) from error
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise UserError(damaged)
    start = 4 + 4 * data[3]
    shape = np.frombuffer(data[4:start], ">u4").astype(int)
    if len(shape) != data[3] or len(data) != start + shape.prod():
        raise UserError(damaged)
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def resized(images: np.ndarray, resolution: int) -> np.ndarray:
    """(N, 1, 28, 28) uint8 -> (N, 1, R, R) uint8, as in Mnist.render."""
    if resolution == SIDE:
        return images
    digits = torch.from_numpy(images)
    if resolution == 32:
        return pad(digits, (2, 2, 2, 2)).numpy()
    chunks = [
        interpolate(chunk.float(), (resolution, resolution), mode="bilinear", antialias=True)
        .round()
        .clamp(0, 255)
        .byte()
        for chunk in digits.split(4096)
    ]
    return torch.cat(chunks).numpy()
