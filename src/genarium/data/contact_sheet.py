"""A look at a packed set: a sheet of its pictures, and its numbers."""

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from genarium.data.packing.packed import Packed
from genarium.data.packing.unreadable import reasons
from genarium.data.source import SPLITS
from genarium.data.sources.formats import counted
from genarium.files.atomic import write_atomically
from genarium.files.output_paths import PICTURES

CELL, GAP, MARGIN = 112, 10, 16  # pixels: a small picture is enlarged by a whole factor to CELL or more
PAPER, INK, FAINT = (255, 255, 255), (38, 38, 38), (120, 120, 120)
AT_ONCE = 2**26  # bytes of pictures that are looked at together


def contact_sheet(packed: Packed, path: str | Path, rows: int, columns: int) -> Path:
    """Write a sheet of `rows` x `columns` pictures, evenly spread over the classes, with their names; its format is
    that of the ending of `path`."""
    chosen = spread_by_class(packed.labels, rows * columns)
    side = packed.images.shape[-1] * max(1, math.ceil(CELL / packed.images.shape[-1]))
    small, large = ImageFont.load_default(12), ImageFont.load_default(18)
    line = 18 if packed.classes else 0
    head = 44
    rows = math.ceil(len(chosen) / columns)
    width = 2 * MARGIN + columns * (side + GAP) - GAP
    sheet = Image.new("RGB", (width, head + rows * (side + line + GAP) - GAP + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    channels, resolution = packed.images.shape[1:3]
    title = f"{packed.name}: {len(packed):,} images of {channels} x {resolution} x {resolution}"
    draw.text((MARGIN, 12), shortened(title, large, width - 2 * MARGIN), INK, large)
    for place, row in enumerate(chosen):
        left = MARGIN + place % columns * (side + GAP)
        top = head + place // columns * (side + line + GAP)
        sheet.paste(picture(packed.images[row]).resize((side, side), Image.Resampling.NEAREST), (left, top))
        if packed.classes:
            draw.text((left, top + side + 2), shortened(packed.classes[packed.labels[row]], small, side), FAINT, small)
    buffer = io.BytesIO()
    sheet.save(buffer, PICTURES[Path(path).suffix.lower()])
    write_atomically(Path(path), buffer.getvalue())
    return Path(path)


def spread_by_class(labels: np.ndarray, count: int) -> np.ndarray:
    """`count` rows, or all, by class and evenly spread: as many classes are seen as there is room for."""
    by_class = np.argsort(labels, kind="stable")
    count = min(count, len(labels))
    return by_class[(2 * np.arange(count) + 1) * len(labels) // (2 * count)]


def picture(pixels: np.ndarray) -> Image.Image:
    """(C, R, R) uint8 -> a picture, gray or color."""
    return Image.fromarray(np.ascontiguousarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)))


def shortened(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """`text`, cut so that it is at most `width` pixels wide."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def statistics(packed: Packed) -> dict[str, object]:
    """Statistics of a data set: images by split, by class and left out by reason; mean and sd of each channel."""
    per_class = np.bincount(packed.labels, minlength=len(packed.classes)) if packed.classes else np.array([len(packed)])
    mean, sd = moments(packed.images)
    return {
        "images": len(packed),
        "splits": {name: int((packed.splits == index).sum()) for index, name in enumerate(SPLITS)},
        "classes": len(packed.classes),
        "images per class, fewest": int(per_class.min()),
        "images per class, most": int(per_class.max()),
        "left out": reasons(packed.skipped),
        "other files": counted(packed.record.get("left_out", {})) or "none",
        "channel means": mean.tolist(),
        "channel standard deviations": sd.tolist(),
    }


def moments(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, C, R, R) uint8 -> mean and standard deviation of each channel in [-1, 1], each (C,), exact; of signals, (N,
    C, 1, L) float, as they are standardized."""
    if images.dtype != np.uint8:
        return images.mean((0, 2, 3), dtype=np.float64), images.std((0, 2, 3), dtype=np.float64)
    counts = np.zeros((images.shape[1], 256), dtype=np.int64)
    step = max(1, AT_ONCE // images[0].nbytes)
    for start in range(0, len(images), step):
        for channel, total in enumerate(counts):
            total += np.bincount(images[start : start + step, channel].ravel(), minlength=256)
    values, weights = (2 * np.arange(256) - 255) / 255, counts / counts.sum(axis=1, keepdims=True)
    mean = weights @ values
    return mean, np.sqrt(weights @ values**2 - mean**2)
