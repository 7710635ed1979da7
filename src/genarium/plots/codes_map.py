"""Map of codes in the plane, drawn with thumbnails of its images."""

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.colors import to_hex
from PIL import Image, ImageDraw, ImageFont

SIDE, MARGIN, THUMBNAIL, FRAME, DOT, FONT = 840, 30, 36, 2, 4, 16
"""Of a map, in pixels: its side, its border, a thumbnail with its frame, the frame, a dot's radius, letters."""
FINER = 3
"""Dots are drawn so many times larger, then made small, so that they are round."""
FEW, NAMED = 10, 20
"""Classes up to which their colors are those of a table, and up to which a legend names them."""
GRAY = "#7f7f7f"


def class_colors(count: int) -> list[str]:
    """A color for each class, as #rrggbb; gray for one."""
    if count < 2:
        return [GRAY]
    if count <= FEW:
        return [to_hex(color) for color in matplotlib.colormaps["tab10"].colors[:count]]  # pyright: ignore[reportAttributeAccessIssue]
    return [to_hex(matplotlib.colormaps["hsv"](i / count)) for i in range(count)]


def codes_map(points: np.ndarray, images: np.ndarray, colors: Sequence[str]) -> Image.Image:
    """A dot of its color at each point, (N, 2), and of as many as fit without covering each other the image, (N, H, W,
    3) uint8, in a frame of the color."""
    places = pixels_of(points, SIDE, MARGIN)
    dots = Image.new("RGB", (FINER * SIDE, FINER * SIDE), "white")
    pen = ImageDraw.Draw(dots)
    for (x, y), color in zip(FINER * places, colors, strict=True):
        pen.ellipse((x - FINER * DOT, y - FINER * DOT, x + FINER * DOT, y + FINER * DOT), color)
    whole = dots.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    for i in apart(places, THUMBNAIL + FRAME):
        left, top = (places[i] - THUMBNAIL / 2).astype(int).tolist()
        whole.paste(framed(images[i], colors[i]), (left, top))
    return whole


def pixels_of(points: np.ndarray, side: int, margin: int) -> np.ndarray:
    """Points of the plane as places (x, y) on a square picture, both axes at one scale. (N, 2) -> (N, 2)"""
    low, high = points.min(0), points.max(0)
    scale = (side - 2 * margin) / max((high - low).max(), 1e-12)
    return side / 2 + (points - (low + high) / 2) * scale * (1, -1)


def apart(places: np.ndarray, distance: float) -> list[int]:
    """Rows of places, (N, 2), in order, whose squares of that side do not overlap."""
    kept: list[int] = []
    for i, place in enumerate(places):
        if not kept or (np.abs(places[kept] - place).max(1) >= distance).all():
            kept.append(i)
    return kept


def framed(image: np.ndarray, color: str) -> Image.Image:
    inner = THUMBNAIL - 2 * FRAME
    thumbnail = Image.new("RGB", (THUMBNAIL, THUMBNAIL), color)
    thumbnail.paste(Image.fromarray(image).resize((inner, inner), Image.Resampling.LANCZOS), (FRAME, FRAME))
    return thumbnail


def with_legend(picture: Image.Image, classes: Sequence[str]) -> Image.Image:
    """The picture above the names of the classes in their colors; as it is for one class, or too many to tell."""
    if not 1 < len(classes) <= NAMED:
        return picture
    font, gap = ImageFont.load_default(FONT), FONT
    widths = [2 * gap + font.getlength(name) + gap for name in classes]
    lines, x = [[]], 0.0
    for name, color, width in zip(classes, class_colors(len(classes)), widths, strict=True):
        if x + width > picture.width:
            lines, x = [*lines, []], 0.0
        lines[-1].append((x, name, color))
        x += width
    whole = Image.new("RGB", (picture.width, picture.height + 2 * gap * len(lines)), "white")
    whole.paste(picture)
    pen = ImageDraw.Draw(whole)
    for row, line in enumerate(lines):
        y = picture.height + 2 * gap * row + gap // 2
        for x, name, color in line:
            pen.rectangle((x + 4, y, x + 4 + gap, y + gap), color)
            pen.text((x + 10 + gap, y - 2), name, "black", font)
    return whole
