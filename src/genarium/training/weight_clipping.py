"""Weight clipping of a WGAN critic."""

from collections.abc import Callable, Iterable

import torch
from torch import nn


class WeightClippingAdam(torch.optim.Adam):
    """Weight clipping (WGAN: Arjovsky et al., arXiv:1701.07875, alg. 1, lines 6 and 7): Adam, then a projection.

    After each step every weight is clipped to [-clip_value, clip_value]. With betas[0] = 0 it is the paper's RMSProp,
    its first steps corrected.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, betas: tuple[float, float], clip_value: float
    ) -> None:
        super().__init__(parameters, lr, (betas[0], betas[1]))
        self.clip_value = clip_value

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        loss = super().step(closure)
        with torch.no_grad():
            for group in self.param_groups:
                weights = group["params"]  # torch types its foreach functions as private
                torch._foreach_clamp_max_(weights, self.clip_value)  # pyright: ignore[reportPrivateImportUsage]
                torch._foreach_clamp_min_(weights, -self.clip_value)  # pyright: ignore[reportPrivateImportUsage]
        return loss
