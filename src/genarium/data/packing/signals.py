"""A source of signals -> its packed set, made once: images of one row, float32, standardized.

Each channel is centered at its mean over the training trials, and divided by HEADROOM times the largest distance from
it there, so that signals are in [-1, 1] as images are, and held-out ones too unless they are far larger. `record` holds
both numbers.
"""

from pathlib import Path

import numpy as np

from genarium.data.packing import fingerprint, packed
from genarium.data.packing.pack import writing
from genarium.data.packing.packed import Packed
from genarium.data.source import SPLITS, Recorded, SignalSource
from genarium.errors import UserError
from genarium.files.build_once import build_once

HEADROOM = 1.5  # times the largest training value that is 1
VERSION = 1  # of what packing does with the samples: raise it when they change


def pack_signals(source: SignalSource, length: int, channels: int, cache: Path) -> Packed:
    """The packed set of `source`, (N, C, 1, L) with L = `length`, C = `channels`, made if `cache` lacks it."""
    packing: dict[str, object] = {"resolution": length, "channels": channels, "height": 1, "dtype": "float32"}
    cache = Path(cache).expanduser()
    name = fingerprint.digest_of([VERSION, source.name, source.classes, source.settings(), packing])

    def build(folder: Path) -> str:
        found = source.record(length)
        if found.signals.shape[1] != channels:
            raise UserError(f"{source.name} has {found.signals.shape[1]} channels: set data.channels to that")
        mean, scale = standardization(found)
        images = ((found.signals - mean[:, None]) / scale[:, None]).astype(np.float32)
        np.save(folder / "images.npy", images[:, :, None])
        record = {"source": source.name, "hash": name, **packing, "settings": source.settings()}
        record |= {"classes": list(source.classes), "names": [], "skipped": {}, "versions": {"packing": VERSION}}
        record |= {"mean": mean.tolist(), "scale": scale.tolist()}
        packed.write(folder, record, found.labels, found.splits, found.factors)
        return name

    with writing(cache):
        cache.mkdir(parents=True, exist_ok=True)
        return build_once(cache, name, lambda: name, build, Packed.open)


def standardization(found: Recorded) -> tuple[np.ndarray, np.ndarray]:
    """(mean, distance from it that becomes 1) of each channel over the training trials, (C,) each."""
    train = found.signals[found.splits == SPLITS.index("train")].astype(np.float64)
    mean = train.mean((0, 2))
    scale = HEADROOM * np.abs(train - mean[:, None]).max((0, 2))
    return mean, np.where(scale > 0, scale, 1.0)
