"""Pairs of images: what a translator is given, and what it should make of it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from genarium.luma import luma

FACTORS = (8, 4, 2)


@dataclass(frozen=True)
class Pairs:
    """Sources (N, S, R, R) and their targets (N, C, R, R), on the CPU."""

    sources: Tensor
    targets: Tensor

    @property
    def shown(self) -> Tensor:
        """The sources as images: without their mask, (N, C, R, R)."""
        return self.sources[:, : self.targets.shape[1]]

    @property
    def missing(self) -> Tensor | None:
        """(N, 1, R, R) bool; None where sources have no mask."""
        return self.sources[:, -1:] > 0 if self.sources.shape[1] == self.targets.shape[1] + 1 else None

    @property
    def factor(self) -> int:
        """How many times the sources were shrunk before their pixels were repeated; 1 where they were not."""
        for factor in FACTORS:
            rows = min(factor, self.sources.shape[2])  # 1 of signals
            small = self.sources[:, :, ::rows, ::factor]
            if torch.equal(small.repeat_interleave(rows, 2).repeat_interleave(factor, 3), self.sources):
                return factor
        return 1

    @property
    def small(self) -> Tensor:
        """The sources as the small images that they are, (N, S, R / factor, R / factor)."""
        return self.sources[:, :, :: self.factor, :: self.factor]

    @property
    def is_decimated(self) -> bool:
        """Whether small images are the first pixel of every block of the targets, not means."""
        return torch.equal(self.small, self.targets[:, :, :: self.factor, :: self.factor])

    @property
    def is_gray(self) -> bool:
        """Whether the sources are gray and the targets colored."""
        flat = lambda x: x.shape[1] == 3 and bool((x == x[:, :1]).all())
        return self.missing is None and flat(self.shown) and not flat(self.targets)

    @property
    def keeps_luma(self) -> bool:
        """Whether gray sources are their targets without color, and no drawings or maps."""
        return self.is_gray and torch.allclose(self.shown[:, :1], luma(self.targets), atol=1e-4)
