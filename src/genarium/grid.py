"""Images in [-1, 1] as one PNG grid: the file writer."""

import io
from pathlib import Path

from PIL import Image
from torch import Tensor
from torchvision.utils import make_grid

from genarium.pixels import to_bytes
from genarium.runs import write_atomically

SMALLEST = 64
"""Images below this many pixels a side are enlarged by a whole factor, so that a person sees them."""


def grid(images: Tensor, columns: int) -> Image.Image:
    """(N, 1 or 3, R, R) in [-1, 1] -> one picture of `columns` images a row."""
    factor = max(1, -(-SMALLEST // images.shape[-1]))
    large = to_bytes(images).repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    sheet = make_grid(large, nrow=columns, padding=2, pad_value=255)
    return Image.fromarray(sheet.permute(1, 2, 0).cpu().numpy())


def save_grid(images: Tensor, path: Path, columns: int) -> None:
    """Write the grid of `images` to `path` (PNG), atomically."""
    buffer = io.BytesIO()
    grid(images, columns).save(buffer, format="PNG")
    write_atomically(path, buffer.getvalue())
