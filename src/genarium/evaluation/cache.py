"""Cache of computations on real images, under the hash of all that they depend on."""

import errno
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.contracts import ImageData
from genarium.files.build_once import locked

FULL = (errno.ENOSPC, errno.EDQUOT)
Values = Mapping[str, np.ndarray]


def place(data: ImageData, kind: str, rows: np.ndarray, settings: Mapping[str, object]) -> Path:
    """The file of `kind` for rows of a packed set: named by the set's content, the rows and `settings`."""
    return file_of(data, kind, [data.packed.hash, data.binarize, digest(rows), settings])


def place_of_pixels(data: ImageData, kind: str, pixels: np.ndarray, settings: Mapping[str, object]) -> Path:
    """The file of `kind` for images that were made of `data`: named by the pixels themselves and `settings`."""
    return file_of(data, kind, [list(pixels.shape), digest(pixels), settings])


def file_of(data: ImageData, kind: str, content: list[object]) -> Path:
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
    return Path(data.cache).expanduser() / kind / f"{name}.npz"


def digest(values: np.ndarray) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()


def kept(
    path: Path, whole: Callable[[Values], bool], make: Callable[[], Mapping[str, Tensor]], doing: str
) -> dict[str, np.ndarray]:
    """Cached arrays of the file where `whole` accepts them; otherwise `make()`, computed once and saved. Other
    processes wait meanwhile, with `doing` in their message."""
    if (held := read(path, whole)) is not None:
        return held
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path.parent.parent, path.stem, doing):
            if (held := read(path, whole)) is None:
                held = {name: value.cpu().numpy() for name, value in make().items()}
                write(path, held)
            return held
    except OSError as error:
        if not str(error.filename or "").startswith(str(path.parent.parent)) and error.errno not in FULL:
            raise
        raise UserError(f"cannot write to {path.parent}: {error.strerror}; set data.cache elsewhere") from None


def read(path: Path, whole: Callable[[Values], bool]) -> dict[str, np.ndarray] | None:
    """Cached arrays of the file; None where it is missing or damaged."""
    try:
        with np.load(path) as file:
            held = dict(file)
        return held if whole(held) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, SyntaxError, AttributeError, EOFError):
        return None
    except (zipfile.BadZipFile, zlib.error, IsADirectoryError):
        return None


def write(path: Path, values: Values) -> None:
    """The file, whole or not at all."""
    scratch = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    try:
        np.savez(scratch, **values)  # pyright: ignore[reportArgumentType] -- a name that is also an option of savez
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
