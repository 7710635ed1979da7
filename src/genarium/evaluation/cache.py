"""What is made of real images once and kept under the hash of all that it depends on, never a set's name alone."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from torch import Tensor

from genarium.errors import UserError


def place(data, kind: str, rows: np.ndarray, settings: Mapping[str, object]) -> Path:
    """The file of `kind` for rows of a packed set: named by the set's content, the rows and `settings`."""
    content = [data.packed.hash, data.binarise, hashlib.sha256(rows.tobytes()).hexdigest(), settings]
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
    return Path(data.cache).expanduser() / kind / f"{name}.npz"


def keep(path: Path, values: Mapping[str, Tensor]) -> None:
    """Write the file whole or not at all."""
    scratch = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(scratch, **{name: value.cpu().numpy() for name, value in values.items()})
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise UserError(f"cannot write to {path.parent}: {error.strerror}; set data.cache elsewhere") from None
