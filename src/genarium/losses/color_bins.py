"""Colorization as classification: bins of chroma, rebalanced (Zhang et al., arXiv:1603.08511, sec. 2.1 and 2.2).

Bins are a grid of `side` x `side` colors over Cb and Cr in [-1, 1], Q = side^2 in all, numbered row by row along Cr.
The paper's are the 313 of Lab's ab plane that can be shown.
"""

import torch
from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch
from genarium.luma import chroma


def soft_bins(colors: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """The four bins around each color, and their bilinear weights, whose mean color it is. (B, 2, H, W) -> (B, 4, H, W)
    int64, and (B, 4, H, W)

    >>> bins, weights = soft_bins(torch.tensor([0.0, 0.5]).view(1, 2, 1, 1), 3)  # between the bins 4 and 5
    >>> bins.flatten(), weights.flatten()
    (tensor([4, 5, 7, 8]), tensor([0.5000, 0.5000, 0.0000, 0.0000]))
    """
    place = (colors.clamp(-1, 1) + 1) / 2 * (side - 1)
    low = place.long().clamp(max=side - 2)
    high_share = place - low
    row, column = low.unbind(1)
    first = row * side + column
    down, right = high_share.unbind(1)
    bins = torch.stack([first, first + 1, first + side, first + side + 1], 1)
    return bins, torch.stack([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right], 1)


def annealed_mean(logits: Tensor, side: int, temperature: float) -> Tensor:
    """Annealed mean of the predicted colors: that of softmax(logits / temperature), the most likely bin at 0 and the
    mean at 1 (eq. 5). (B, Q, H, W) -> (B, 2, H, W)"""
    share = (logits.float() / temperature).softmax(1).unflatten(1, (side, side))
    centers = torch.linspace(-1, 1, side, device=logits.device).view(1, side, 1, 1)
    return torch.cat([(share.sum(2 - axis) * centers).sum(1, keepdim=True) for axis in (0, 1)], 1)


def rebalancing_weights(frequencies: Tensor, uniform: float) -> Tensor:
    """Class-rebalancing weights, inverse to the frequencies mixed with so much of a `uniform` distribution; their mean
    over the frequencies is 1 (eq. 4). (Q,) -> (Q,)

    >>> rebalancing_weights(torch.tensor([0.9, 0.1]), uniform=0.0)
    tensor([0.5556, 5.0000])
    """
    weights = 1 / ((1 - uniform) * frequencies + uniform / len(frequencies))
    return weights / (frequencies * weights).sum()


def smoothed(frequencies: Tensor, deviation: float) -> Tensor:
    """Frequencies of bins smoothed by a Gaussian whose standard deviation is so many bins; their sum is kept. (Q,) ->
    (Q,)"""
    side = round(len(frequencies) ** 0.5)
    steps = torch.arange(side, device=frequencies.device)
    kernel = torch.exp(-((steps[:, None] - steps) ** 2) / (2 * deviation**2))
    kernel = kernel / kernel.sum(0)  # each column spreads one bin's share
    return (kernel @ frequencies.view(side, side) @ kernel.T).flatten()


class RebalancedCrossEntropy(nn.Module):
    """Cross-entropy of color bins, rare colors weighted more, mean over pixels. Frequencies are a running mean over the
    images that train; the paper's are those of ImageNet."""

    frequencies: Tensor

    def __init__(self, bins: int, uniform: float, deviation: float, half_life: float) -> None:
        """`bins` of Cb and of Cr; `uniform` share of the weights' mixture (lambda; 1 weighs all alike); `deviation` of
        smoothing, in bins; `half_life` of the frequencies, in images."""
        super().__init__()
        self.uniform, self.deviation, self.half_life, self.side = uniform, deviation, half_life, bins
        self.register_buffer("frequencies", torch.full((bins**2,), 1 / bins**2))

    def forward(self, x: Tensor, logits: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1], logits (B, Q, H, W) -> (B,) nats."""
        bins, share = soft_bins(chroma(x.float()), self.side)
        if self.training:
            self.observe(bins, share)
        weights = rebalancing_weights(smoothed(self.frequencies, self.deviation), self.uniform)
        nearest = bins.gather(1, share.argmax(1, keepdim=True))
        found = logits.float().log_softmax(1).gather(1, bins)
        return (-(share * found).sum(1) * weights[nearest[:, 0]]).flatten(1).mean(1)

    @torch.no_grad()
    def observe(self, bins: Tensor, share: Tensor) -> None:
        seen = torch.zeros(len(bins), self.side**2, device=bins.device)
        seen.scatter_add_(1, bins.flatten(1), share.flatten(1))
        seen = all_gather_batch(seen / share.shape[2:].numel())
        self.frequencies.lerp_(seen.mean(0), 1 - 0.5 ** (len(seen) / self.half_life))
