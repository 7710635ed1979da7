"""A source -> its packed set, made once: decoded on all cores, named by its content, written whole or not at all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import PIL

from genarium.data.packing import fingerprint, packed
from genarium.data.packing.array import write_images
from genarium.data.packing.decode import CROPS, Recipe
from genarium.data.packing.packed import Packed
from genarium.data.packing.unreadable import check_unreadable, report_other_files, report_skipped
from genarium.data.source import SPLITS, Files, LeavesOut, RenderedSource
from genarium.data.sources.listing import printable, unreadable
from genarium.errors import UserError
from genarium.files.build_once import build_once


def pack(
    source: Files | RenderedSource,
    resolution: int,
    channels: int,
    crop: str,
    cache: Path,
    max_unreadable: int | None,
    white: float | None = None,
) -> Packed:
    """The packed set of `source`, (N, C, R, R) with R = `resolution`, C = `channels`, made if `cache` lacks it.

    Raises UserError for wrong settings, an empty set, a full disk and more than `max_unreadable` unusable files (None:
    20, or one in a thousand). `white` is the value that is white in pictures of more than 8 bits a channel.
    """
    if crop not in CROPS:
        raise UserError(f"data.crop={crop} is not known; choose from {', '.join(CROPS)}")
    if channels not in (1, 3):
        raise UserError(f"data.channels={channels} is not possible; choose 3 (color) or 1 (gray)")
    if resolution < 1:
        raise UserError(f"data.resolution={resolution} is not possible; choose a number of pixels such as 64")
    if white is not None and not (isinstance(white, int | float) and white > 0):
        raise UserError(f"data.white={white} is not possible; choose a value above 0, such as 65535, or none")
    cache = Path(cache).expanduser()
    with writing(cache):
        cache.mkdir(parents=True, exist_ok=True)
        if isinstance(source, RenderedSource):
            return pack_drawing(source, resolution, channels, cache)
        red, green, blue = source.background
        return pack_files(source, Recipe(resolution, channels, crop, (red, green, blue), white), cache, max_unreadable)


@contextmanager
def writing(cache: Path) -> Iterator[None]:
    """Context that turns an OSError of the cache or the set into a UserError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError(
                f"the disk of {cache} is full: free some space, or set data.cache to another disk"
            ) from None
        if error.filename is None:
            raise
        if not str(error.filename).startswith(str(cache)):
            raise unreadable(error, Path(str(error.filename)).parent) from None
        raise UserError(
            f"{printable(error.filename)} in the cache cannot be used ({error.strerror}): set data.cache to a folder of"
            " yours"
        ) from None


def pack_files(source: Files, recipe: Recipe, cache: Path, max_unreadable: int | None) -> Packed:
    """The packed set of image files."""
    items = source.items()
    if not items:
        raise UserError(f"{source.name} holds no images: put some into its folder, or name another one with data.root")
    packing: dict[str, object] = {"resolution": recipe.resolution, "channels": recipe.channels, "crop": recipe.crop}
    packing |= {} if recipe.white is None else {"white": recipe.white}
    index, files = cache / "index" / f"{source.name}-2.json", fingerprint.paths(items)
    seen = fingerprint.stamps(files)
    left_out = source.left_out if isinstance(source, LeavesOut) else {}

    def find() -> str | None:
        digests = fingerprint.recall(index, seen, files)
        return fingerprint.content_of_files(source, items, digests, packing) if digests else None

    def build(folder: Path) -> str:
        fingerprint.wait_for_clock_tick(seen)
        reasons, digests = write_images(folder / "images.npy", files, [item.box for item in items], recipe)
        skipped = {items[row].name: reason for row, reason in reasons.items()}
        check_unreadable(source.name, skipped, len(items), max_unreadable)
        report_skipped(source.name, skipped)
        report_other_files(source.name, left_out)
        kept = [item for row, item in enumerate(items) if row not in reasons]
        name = fingerprint.content_of_files(source, items, digests, packing)
        record = describe(source, name, packing) | {"names": [item.name for item in kept], "skipped": skipped}
        labels = np.array([item.label for item in kept])
        splits = np.array([SPLITS.index(item.split) for item in kept])
        packed.write(folder, record, labels, splits, {})
        fingerprint.remember(index, seen, files, digests)
        return name

    # the key may only be of what is known before the files are read
    made = build_once(cache, fingerprint.digest_of([source.name, packing, seen]), find, build, Packed.open)
    check_unreadable(source.name, made.skipped, len(items), max_unreadable)
    made.record["left_out"] = left_out  # as it is now: no picture depends on it
    return made


def pack_drawing(source: RenderedSource, resolution: int, channels: int, cache: Path) -> Packed:
    """The packed set of a drawing program."""
    packing: dict[str, object] = {"resolution": resolution, "channels": channels}
    name = fingerprint.content_of_drawing(source, packing)

    def build(folder: Path) -> str:
        drawing = source.render(resolution)
        np.save(folder / "images.npy", recolor(drawing.images, channels))
        record = describe(source, name, packing) | {"names": [], "skipped": {}}
        packed.write(folder, record, drawing.labels, drawing.splits, drawing.factors)
        return name

    return build_once(cache, name, lambda: name, build, Packed.open)


def recolor(images: np.ndarray, channels: int) -> np.ndarray:
    """(N, 1 or 3, R, R) -> (N, `channels`, R, R) uint8; gray is ITU-R 601 luma, as PIL's."""
    if images.shape[1] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=1)
    luma = np.einsum("nchw,c->nhw", images, np.array([0.299, 0.587, 0.114], dtype=np.float32))
    return np.rint(luma).astype(np.uint8)[:, None]


def describe(source: Files | RenderedSource, content: str, packing: dict[str, object]) -> dict[str, object]:
    """Description of a set, for the record of every run."""
    return {
        "source": source.name,
        "hash": content,
        **packing,
        "settings": source.settings(),
        "classes": list(source.classes),
        "versions": {"packing": fingerprint.VERSION, "pillow": PIL.__version__},
    }
