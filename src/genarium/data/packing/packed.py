"""A packed set on disk, and opened.

images.npy    (N, C, R, R) uint8, to be memory-mapped; of signals (N, C, 1, R) float32 (`signals.py`)
columns.npz   labels (N,), splits (N,), and factor_<name> (N,) where the set was drawn from known factors
record.json   source, content hash, resolution, channels, crop, settings, classes, names, files skipped and why
"""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genarium.data.source import SPLITS
from genarium.errors import UserError
from genarium.files.build_once import Damaged

FACTOR = "factor_"
BROKEN = (ValueError, KeyError, TypeError, SyntaxError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error)
"""What numpy and json raise on a file that is not what it was."""


@dataclass(frozen=True)
class Packed:
    """N pictures and what is known about each."""

    folder: Path
    record: dict[str, Any]
    images: np.ndarray  # (N, C, R, R) uint8, or signals, (N, C, 1, R) float32; memory-mapped
    labels: np.ndarray  # (N,) int64
    splits: np.ndarray  # (N,) int64, index into SPLITS
    factors: dict[str, np.ndarray]  # factor name -> (N,)

    @classmethod
    def open(cls, folder: Path) -> "Packed":
        """What `write` left in `folder`; raises Damaged where a part is missing, cut, or not what it was."""
        try:
            columns = dict(np.load(folder / "columns.npz"))
            made = cls(
                folder=folder,
                record=json.loads((folder / "record.json").read_bytes()),
                images=np.load(folder / "images.npy", mmap_mode="r"),
                labels=columns.pop("labels"),
                splits=columns.pop("splits"),
                factors={name.removeprefix(FACTOR): values for name, values in columns.items()},
            )
            whole = made.is_whole()
        except (*BROKEN, FileNotFoundError, IsADirectoryError) as error:
            raise Damaged(folder) from error
        if not whole:
            raise Damaged(folder)
        return made

    def is_whole(self) -> bool:
        """Whether the parts are of the types and shapes that they are written with, and belong together."""
        count, size = len(self.labels), self.record["resolution"]
        lines = (self.labels, self.splits, *self.factors.values())
        return (
            self.hash == self.folder.name
            and self.images.dtype == self.record.get("dtype", "uint8")
            and self.images.shape == (count, self.record["channels"], self.record.get("height", size), size)
            and all(line.shape == (count,) for line in lines)
            and all(line.dtype == np.int64 for line in lines[:2])
            and set(np.unique(self.splits)) <= set(range(len(SPLITS)))
            and len(self.names) in (0, count)
            and isinstance(self.skipped, dict)
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def name(self) -> str:
        return self.record["source"]

    @property
    def hash(self) -> str:
        """Content hash: every file's bytes, labels, splits, settings, resolution."""
        return self.record["hash"]

    @property
    def classes(self) -> tuple[str, ...]:
        """Label -> name; empty where the set has no classes."""
        return tuple(self.record["classes"])

    @property
    def names(self) -> list[str]:
        """Name of each image; empty for a drawn set."""
        return self.record["names"]

    @property
    def skipped(self) -> dict[str, str]:
        """Name of each file that could not be used -> why."""
        return self.record["skipped"]

    def indices(self, split: str) -> np.ndarray:
        """(n,) int64 rows of one split, in the source's order; UserError if it does not exist or is empty."""
        if split not in SPLITS:
            raise UserError(f"there is no split {split!r}; choose from {', '.join(SPLITS)}")
        rows = np.flatnonzero(self.splits == SPLITS.index(split))
        if not len(rows):
            raise UserError(self.without(split))
        return rows

    def count(self, split: str) -> int:
        return int((self.splits == SPLITS.index(split)).sum())

    def without(self, split: str) -> str:
        """Beginning of the error message for an empty split."""
        held = [f"{name} ({count})" for name in SPLITS if (count := self.count(name))]
        return f"{self.name} has no images in its split {split!r}; it has {', '.join(held)}"


def write(
    folder: Path, record: dict[str, Any], labels: np.ndarray, splits: np.ndarray, factors: dict[str, np.ndarray]
) -> None:
    """What lies beside images.npy."""
    columns = {f"{FACTOR}{name}": values for name, values in factors.items()}
    columns |= {"labels": labels.astype(np.int64), "splits": splits.astype(np.int64)}
    np.savez(folder / "columns.npz", **columns)  # pyright: ignore[reportArgumentType] -- a name that is also an option of savez
    (folder / "record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
