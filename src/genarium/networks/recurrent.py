"""Recurrent encoder and decoder: LSTMs over the rows of an image (Srivastava et al., arXiv:1502.04681).

Their outputs are normalized, for an LSTM's states begin near 0 and nearly alike: the encoder's by `norm`, the decoder's
by LayerNorm (Ba et al., arXiv:1607.06450). A signal is read along its one row: its samples are rows of one pixel.
"""

import math

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.sides import is_flat
from genarium.networks.types import Norm


def steps_of(resolution: int, rows: int) -> int:
    """Sequence length of an image at `rows` rows a step; UserError where steps do not fill it."""
    if rows < 1 or resolution % rows:
        good = ", ".join(str(n) for n in range(1, resolution + 1) if resolution % n == 0)
        raise UserError(f"{resolution} rows cannot be read {rows} at a time: choose rows_per_step from {good}")
    return resolution // rows


class RecurrentEncoder(nn.Module):
    """Recurrent encoder, (B, C, R, R) -> (B, out_dim): the last state of an LSTM that reads `rows_per_step`
    rows at a time, top to bottom."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        layers: int,
        rows_per_step: int,
        out_dim: int,
        norm: Norm,
        height: int | None = None,
    ) -> None:
        """`norm` takes a number of features: by batch, codes have mean 0 and tell images apart from the start."""
        super().__init__()
        self.steps, self.flat = steps_of(resolution, rows_per_step), is_flat(height, resolution)
        row = channels * (1 if self.flat else resolution)
        self.lstm = nn.LSTM(rows_per_step * row, width, layers, batch_first=True)
        self.out = nn.Sequential(norm(width), nn.Linear(width, out_dim))

    def forward(self, x: Tensor) -> Tensor:
        rows = x.transpose(2, 3) if self.flat else x
        sequence = rows.transpose(1, 2).reshape(len(x), self.steps, -1)
        return self.out(single(self.lstm, sequence)[:, -1])


class RecurrentDecoder(nn.Module):
    """Recurrent decoder, (B, in_dim) -> (B, C, R, R), unbounded: an LSTM that gets the code at every step and writes
    `rows_per_step` rows."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        layers: int,
        rows_per_step: int,
        in_dim: int,
        height: int | None = None,
    ) -> None:
        super().__init__()
        self.steps, self.flat = steps_of(resolution, rows_per_step), is_flat(height, resolution)
        self.lines = (resolution, channels, 1 if self.flat else resolution)
        self.lstm = nn.LSTM(in_dim, width, layers, batch_first=True)
        self.out = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, math.prod(self.lines) // self.steps))

    def forward(self, z: Tensor) -> Tensor:
        states = single(self.lstm, z[:, None].expand(-1, self.steps, -1))
        image = self.out(states).reshape(len(z), *self.lines).transpose(1, 2)
        return image.transpose(2, 3) if self.flat else image


def single(lstm: nn.LSTM, sequence: Tensor) -> Tensor:
    """Outputs (B, T, width) of `lstm` in single precision, whose gates saturate in bfloat16."""
    with torch.autocast(sequence.device.type, enabled=False):
        return lstm(sequence.float())[0]
