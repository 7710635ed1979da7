"""One self-contained page of maps of codes: thumbnails under the pointer, classes on and off."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from genarium.reports.document import document
from genarium.reports.inline import BOX, QUALITY, address
from genarium.reports.page_data import embedded

LARGEST = 64
"""Pixels of a thumbnail's side."""
DIGITS = 4
"""Of a coordinate."""


def map_page(
    title: str,
    maps: Mapping[str, np.ndarray],
    quality: Mapping[str, str],
    images: np.ndarray,
    labels: Sequence[int],
    classes: Sequence[str],
    colors: Sequence[str],
    command: str,
) -> str:
    """The page's text. `maps`: name -> points (N, 2), and `quality`: name -> a line on each; `images` (N, H, W, 3)
    uint8, `labels` (N,) among `classes`, each of its color."""
    sheet, columns, side = sprites(images)
    data = {
        "maps": [{"name": name, "quality": quality[name], "points": spread(points)} for name, points in maps.items()],
        "labels": list(map(int, labels)),
        "classes": list(classes),
        "colors": list(colors),
        "columns": columns,
        "side": side,
        "sheet": sheet,
    }
    return document(
        "map.html", title=title, command=command, program=["map"], style=["page", "map"], data=embedded(data)
    )


def spread(points: np.ndarray) -> list[list[float]]:
    """Points in the square [-1, 1]^2, both axes at one scale. (N, 2)"""
    low, high = points.min(0), points.max(0)
    return np.round((points - (low + high) / 2) * (2 / max((high - low).max(), 1e-12)), DIGITS).tolist()


def sprites(images: np.ndarray) -> tuple[str, int, int]:
    """All images side by side as one picture: its address, its columns, and the side of an image in pixels."""
    side, columns = min(LARGEST, images.shape[1]), int(np.ceil(np.sqrt(len(images))))
    whole = Image.new("RGB", (columns * side, -(-len(images) // columns) * side))
    for i, image in enumerate(images):
        small = Image.fromarray(image).resize((side, side), BOX)
        whole.paste(small, (i % columns * side, i // columns * side))
    with io.BytesIO() as buffer:
        whole.save(buffer, "WEBP", quality=QUALITY, method=2)
        return address(buffer.getvalue()), columns, side
