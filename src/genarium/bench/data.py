"""The data room against torchvision's ImageFolder and DataLoader and against bare decoding, and its start."""

import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import CenterCrop, Compose, Normalize, RandomHorizontalFlip, Resize, ToTensor

from genarium.bench import Row
from genarium.data.images import Images
from genarium.data.packing.array import CHUNK
from genarium.data.packing.decode import Recipe, content, pixels
from genarium.data.packing.pack import pack
from genarium.data.packing.parallel_map import cores, processes
from genarium.data.source import Item
from genarium.data.stream import Stream

COUNT, RESOLUTION, BATCH, ROUNDS = 2000, 64, 64, 5
WHITE = (255, 255, 255)


@dataclass
class Photographs:
    """JPEG files as a source of one class, all for training."""

    files: Sequence[Path]
    name: str = "photographs"
    classes: tuple[str, ...] = ()
    background: tuple[int, int, int] = WHITE

    def items(self) -> list[Item]:
        return [Item(file.name, file, 0, "train") for file in self.files]

    def settings(self) -> dict[str, object]:
        return {}

    def download(self) -> None:
        """Nothing to fetch."""


def rows() -> list[Row]:
    """Every row of the data room; under a minute."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, kind = photographs(folder / "made")
        link(source.files, folder / "linked" / "one")
        return [packing(source, folder, kind), starting(source, folder, kind), batches(source, folder, kind)]


def photographs(folder: Path) -> tuple[Photographs, str]:
    """COUNT JPEGs of 128 px: flowers where GENARIUM_DATA has them, else smooth noise written into `folder`."""
    flowers = Path(os.environ.get("GENARIUM_DATA", "../shared/data")) / "flowers-102" / "jpg"
    if flowers.is_dir():
        return Photographs(sorted(flowers.resolve().glob("*.jpg"))[:COUNT]), "flowers"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for number in range(COUNT):
        small = Image.fromarray(random.integers(0, 256, (32, 32, 3), dtype=np.uint8))
        small.resize((160, 128), Image.Resampling.BICUBIC).save(folder / f"{number:05d}.jpg", quality=90)
        os.utime(folder / f"{number:05d}.jpg", (1e9, 1e9))  # as files that have lain there for long
    return Photographs(sorted(folder.iterdir())), "made JPEGs"


def link(files: Sequence[Path], folder: Path) -> None:
    """The same files as one class for ImageFolder."""
    folder.mkdir(parents=True)
    for file in files:
        (folder / file.name).symlink_to(file)


def packing(source: Photographs, folder: Path, kind: str) -> Row:
    """Time of packing over that of decoding and resizing alone, both on all cores, taking turns."""
    recipe = Recipe(RESOLUTION, 3, "center", WHITE)
    ours, bare = [], []
    for _ in range(ROUNDS):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        bare.append(seconds(lambda: decode_all(source.files, recipe)))
        ours.append(seconds(lambda: pack(source, RESOLUTION, 3, "center", folder / "cache", 0)))
    note = f"{rate(COUNT, ours)} against {rate(COUNT, bare)} images/s, {COUNT} {kind} on {cores()} cores"
    return Row("packing : bare decoding, time", ratio(ours, bare), "<= 1.2", "x", note)


def decode_all(files: Sequence[Path], recipe: Recipe) -> None:
    """Decode and resize on all cores, and keep nothing."""
    parts = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    with processes(cores()) as pool:
        list(pool.map(decode_some, parts, [recipe] * len(parts)))


def decode_some(files: Sequence[Path], recipe: Recipe) -> None:
    for file in files:
        pixels(io.BytesIO(content(file)), None, recipe)


def starting(source: Photographs, folder: Path, kind: str) -> Row:
    """Seconds from an unopened packed set to its first batch."""

    def first_batch() -> None:
        next(iter(loader(source, folder, 1)))

    first_batch()
    times = [seconds(first_batch) for _ in range(ROUNDS)]
    note = f"list, look at and open {COUNT} packed {kind}, shuffle, one batch of {BATCH}"
    return Row("start to first batch, once packed", statistics.median(times), "< 1", "s", note)


def batches(source: Photographs, folder: Path, kind: str) -> Row:
    """Batches/s of the data room over those of ImageFolder and a DataLoader of two workers, taking turns."""
    ours, theirs, threads = [], [], torch.get_num_threads()
    usual = image_folder(folder / "linked")
    per_batch(usual)  # starts the workers
    torch.set_num_threads(1)  # as each of the workers has
    for _ in range(ROUNDS):
        theirs.append(per_batch(usual))
        ours.append(per_batch(loader(source, folder, 1000)))
    torch.set_num_threads(threads)
    note = f"{rate(1, ours)} batches/s of {BATCH} on one thread against {rate(1, theirs)}, {kind}"
    return Row("data room : ImageFolder + 2 workers, batches/s", ratio(theirs, ours), ">= 50", "x", note)


def loader(source: Photographs, folder: Path, length: int) -> Stream:
    """The data room's training batches."""
    images = Images(source, RESOLUTION, 3, BATCH, "center", True, 0, folder / "cache", seed=0)
    images.budget = length * BATCH
    batches = images.train_dataloader()
    assert isinstance(batches, Stream)  # all labels are known
    return batches


def image_folder(folder: Path) -> DataLoader:
    """torchvision's usual pipeline to the same batches, its two workers kept from epoch to epoch."""
    square = [Resize(RESOLUTION), CenterCrop(RESOLUTION), RandomHorizontalFlip()]
    data = ImageFolder(folder, Compose([*square, ToTensor(), Normalize([0.5] * 3, [0.5] * 3)]))
    return DataLoader(data, BATCH, shuffle=True, drop_last=True, num_workers=2, persistent_workers=True)


def per_batch(batches: DataLoader | Stream) -> float:
    """Seconds per batch."""
    return seconds(lambda: [None for _ in batches]) / len(batches)


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock time of `work`."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Ratio of the medians."""
    return statistics.median(over) / statistics.median(under)


def rate(count: int, times: Sequence[float]) -> str:
    return f"{count / statistics.median(times):,.0f}"
