"""Curves of signals, in cells of one picture: an oscilloscope's view of (N, C, 1, L) in [-1, 1]."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw
from torch import Tensor

CELL, GAP, FINER = (160, 64), 8, 3
"""Width and height of a channel's cell, and the gap between signals, in pixels; lines are drawn so many times larger,
then made small, so that they are smooth."""
PAPER, AXIS = "#ffffff", "#e4e4e4"
COLORS = {1: ("#1f1f1f",), 2: ("#9a9a9a", "#0063c6"), 3: ("#b9b9b9", "#d95f02", "#1f1f1f")}
"""Of one signal; of an original and its reconstruction; of a source, what was made of it, and its target."""


def are_signals(images: Tensor) -> bool:
    """Whether images, (…, C, H, W), are of one row of several samples."""
    return images.shape[-2] == 1 and images.shape[-1] > 1


def curves(*signals: Tensor, columns: int) -> Image.Image:
    """Signals (N, C, 1, L) over their counterparts, which are drawn later, `columns` of them a row; channels stand one
    under the other. All to one scale, that of the largest value."""
    values = [part.detach().float().cpu().numpy()[:, :, 0] for part in signals]
    count, channels = values[0].shape[:2]
    width, height = FINER * CELL[0], FINER * CELL[1]
    largest = max(np.abs(part).max() for part in values) or 1.0
    across, down = width + FINER * GAP, channels * height + FINER * GAP
    sheet = Image.new("RGB", (min(columns, count) * across, -(-count // columns) * down), PAPER)
    pen = ImageDraw.Draw(sheet)
    for cell in range(count):
        left, top = cell % columns * across + FINER * GAP // 2, cell // columns * down + FINER * GAP // 2
        for channel in range(channels):
            middle = top + (channel + 0.5) * height
            pen.line((left, middle, left + width, middle), AXIS, FINER)
            for part, color in zip(values, COLORS[len(values)], strict=True):
                line(pen, part[cell, channel] / largest, (left, middle, width, height), color)
    return sheet.resize((sheet.width // FINER, sheet.height // FINER), Image.Resampling.LANCZOS)


def line(pen: ImageDraw.ImageDraw, values: np.ndarray, place: Sequence[float], color: str) -> None:
    """The curve of `values` (L,) in [-1, 1] at a `place`: left edge, middle, width and height."""
    left, middle, width, height = place
    x = left + width * (np.arange(len(values)) + 0.5) / len(values)
    y = middle - height / 2 * values
    pen.line(list(zip(x.tolist(), y.tolist(), strict=True)), color, int(1.5 * FINER), joint="curve")
