"""Curves of signals, in cells of one picture: an oscilloscope's view of (N, C, 1, L) in [-1, 1]."""

import numpy as np
from PIL import Image, ImageDraw
from torch import Tensor

CELL, GAP, FINER = (160, 64), 8, 3
"""Width and height of a channel's cell, and the gap between signals, in pixels; lines are drawn so many times larger,
then made small, so that they are smooth."""
PAPER, AXIS = "#ffffff", "#e4e4e4"
COLORS = {1: ("#1f1f1f",), 2: ("#9a9a9a", "#0063c6"), 3: ("#b9b9b9", "#d95f02", "#1f1f1f")}
"""Of one signal; of an original and its reconstruction; of a source, what was made of it, and its target."""


def curves(*signals: Tensor, columns: int) -> Image.Image:
    """Signals (N, C, 1, L) and their counterparts, one over the other, `columns` of them a row; channels stand one
    under the other. All to one scale, from the least to the largest value, with a line at 0."""
    values = [part.detach().float().cpu().numpy()[:, :, 0] for part in signals]
    count, channels = values[0].shape[:2]
    width, height = FINER * CELL[0], FINER * CELL[1]
    order = sorted(range(len(values)), key=lambda i: i == 1)  # what a model made, the second, lies on top
    low, high = min(part.min() for part in values), max(part.max() for part in values)
    fall = lambda x: (high - x) / ((high - low) or 1.0) * (height - 2 * FINER) + FINER  # from the cell's upper edge
    across, down = width + FINER * GAP, channels * height + FINER * GAP
    sheet = Image.new("RGB", (min(columns, count) * across, -(-count // columns) * down), PAPER)
    pen = ImageDraw.Draw(sheet)
    for cell in range(count):
        left = cell % columns * across + FINER * GAP // 2
        for channel in range(channels):
            top = cell // columns * down + FINER * GAP // 2 + channel * height
            zero = top + float(fall(np.clip(0.0, low, high)))
            pen.line((left, zero, left + width, zero), AXIS, FINER)
            for i in order:
                line(pen, top + fall(values[i][cell, channel]), left, width, COLORS[len(values)][i])
    return sheet.resize((sheet.width // FINER, sheet.height // FINER), Image.Resampling.LANCZOS)


def line(pen: ImageDraw.ImageDraw, y: np.ndarray, left: float, width: int, color: str) -> None:
    """The curve through heights `y` (L,), in pixels, evenly spaced from `left` on."""
    x = left + width * (np.arange(len(y)) + 0.5) / len(y)
    pen.line(list(zip(x.tolist(), y.tolist(), strict=True)), color, int(1.5 * FINER), joint="curve")
