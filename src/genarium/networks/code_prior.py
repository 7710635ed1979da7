"""Autoregressive prior over grids of discrete codes."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class RecurrentCodePrior(nn.Module):
    """Autoregressive prior over codes, p(codes) = prod_t p(c_t | c_<t) in raster order, by an LSTM whose inputs are the
    code to the left, the code above and the position (after PixelRNN, van den Oord et al., arXiv:1601.06759)."""

    def __init__(self, size: int, max_side: int, width: int, layers: int) -> None:
        """`size` of the codebook; grids have a side of `max_side` at most."""
        super().__init__()
        self.size = size
        self.embedding = nn.Embedding(size + 1, width)  # the last one: no code, beyond the border
        self.row, self.column = nn.Parameter(torch.zeros(max_side, width)), nn.Parameter(torch.zeros(max_side, width))
        self.lstm = nn.LSTM(2 * width, width, layers, batch_first=True)
        self.out = nn.Linear(width, size)

    def forward(self, codes: Tensor) -> Tensor:
        """Logits of each code given those before it, (B, side, side) -> (B, side^2, size)."""
        side, line = codes.shape[-1], codes.flatten(1)
        none = codes.new_full((len(codes), side), self.size)
        before, above = torch.cat([none[:, :1], line[:, :-1]], dim=1), torch.cat([none, line[:, :-side]], dim=1)
        with torch.autocast(codes.device.type, enabled=False):
            return self.out(self.lstm(self.inputs(before, above, self.positions(side)))[0])

    def positions(self, side: int) -> Tensor:
        """Embeddings of the positions of a grid in raster order, (side^2, width)."""
        return (self.row[:side, None] + self.column[None, :side]).flatten(0, 1)

    def inputs(self, before: Tensor, above: Tensor, positions: Tensor) -> Tensor:
        """Inputs of the LSTM: (B, T) codes before and above `positions`, (T, width) -> (B, T, 2 width)."""
        return torch.cat([self.embedding(before) + positions, self.embedding(above)], dim=2)

    def draw(self, chance: Tensor) -> Tensor:
        """Ancestral sampling: codes from uniform numbers on [0, 1), (B, side, side) -> (B, side, side)."""
        line = chance.flatten(1)

        def choose(t: int, logits: Tensor) -> Tensor:
            cumulative = logits.softmax(1).cumsum(1)
            return (cumulative < line[:, t : t + 1]).sum(1).clamp(max=self.size - 1)

        return self.in_order(choose, len(chance), chance.shape[-1])

    def in_order(self, choose: Callable[[int, Tensor], Tensor], count: int, side: int) -> Tensor:
        """Codes of `count` grids one after the other in raster order: `choose` is given a code's place t and its
        logits given those before it, (B, size), and returns the codes, (B,). -> (B, side, side)"""
        positions = self.positions(side)
        codes = torch.full((count, side + side**2), self.size, device=positions.device)  # a row of "no code" first
        before, memory = codes[:, :1], None
        for t in range(side**2):
            h, memory = self.lstm(self.inputs(before, codes[:, t : t + 1], positions[t : t + 1]), memory)
            codes[:, side + t] = choose(t, self.out(h[:, 0]))
            before = codes[:, side + t, None]
        return codes[:, side:].unflatten(1, (side, side))
