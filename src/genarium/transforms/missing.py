"""Masks of missing pixels, (B, C, H, W) -> (B, 1, H, W) bool, True where a pixel is missing."""

import torch
from torch import Tensor

from genarium.distributed import batch_consistent
from genarium.errors import UserError


def missing_block(x: Tensor, side: float) -> Tensor:
    """One square, `side` of the image's height and width long, anywhere in the image (Pathak et al., arXiv:1604.07379,
    sec. 3.3)."""
    height, width = x.shape[2:]
    tall, wide = sides(x, side)
    start = batch_consistent.uniform(len(x), 2, device=x.device)
    top = (start[:, 0] * (height - tall + 1)).long()
    left = (start[:, 1] * (width - wide + 1)).long()
    return block(x, top, left, tall, wide)


def missing_center(x: Tensor, side: float) -> Tensor:
    """The square in the middle, `side` of the image's height and width long (Pathak et al., arXiv:1604.07379)."""
    tall, wide = sides(x, side)
    middle = lambda whole, part: torch.full((len(x),), (whole - part) // 2, device=x.device)
    return block(x, middle(x.shape[2], tall), middle(x.shape[3], wide), tall, wide)


def missing_strokes(x: Tensor, strokes: int, stroke_width: float) -> Tensor:
    """Straight strokes anywhere in the image, `stroke_width` of its side broad (free-form holes: Yu et al.,
    arXiv:1806.03589, sec. 3.3, whose strokes are bent)."""
    ends = batch_consistent.uniform(len(x), strokes, 2, 2, device=x.device)
    axis = [(torch.arange(side, device=x.device) + 0.5) / side for side in x.shape[2:]]
    place = torch.stack(torch.meshgrid(*axis, indexing="ij"), -1).view(1, 1, -1, 2)
    begin, end = ends[:, :, 0, None], ends[:, :, 1, None]
    along = ((place - begin) * (end - begin)).sum(-1) / (end - begin).square().sum(-1).clamp_min(1e-6)
    nearest = begin + along.clamp(0, 1)[..., None] * (end - begin)
    hit = ((place - nearest).square().sum(-1) <= (stroke_width / 2) ** 2).any(1)
    return hit.view(len(x), 1, *x.shape[2:])


def sides(x: Tensor, side: float) -> tuple[int, int]:
    """Height and width in pixels of a square of the image's sides; UserError unless it is a part of them."""
    if not 0 < side <= 1:
        raise UserError(f"side={side}: a missing block takes a part of the image's side above 0 and up to 1")
    return max(1, round(side * x.shape[2])), max(1, round(side * x.shape[3]))


def block(x: Tensor, top: Tensor, left: Tensor, tall: int, wide: int) -> Tensor:
    """A block of each image, its upper left corner at `top` and `left`, (B,) each."""
    rows, columns = (torch.arange(side, device=x.device) for side in x.shape[2:])
    top, left = top[:, None], left[:, None]
    inside_rows, inside_columns = (rows >= top) & (rows < top + tall), (columns >= left) & (columns < left + wide)
    return (inside_rows[:, :, None] & inside_columns[:, None, :])[:, None]
