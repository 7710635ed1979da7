"""Self-attention over the positions of feature maps (SAGAN: Zhang et al., arXiv:1805.08318)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """Self-attention, (B, C, H, W) -> (B, C, H, W): each position attends to all positions of the maps at half the
    size (sec. 3 and its code). The layer starts as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(channels // 8, 1)
        self.query, self.key = nn.Conv2d(channels, inner, 1), nn.Conv2d(channels, inner, 1)
        self.value, self.out = nn.Conv2d(channels, channels // 2, 1), nn.Conv2d(channels // 2, channels, 1)
        self.gain = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        flat = lambda h: h.flatten(2).transpose(1, 2)  # (B, H W, C)
        half = lambda h: F.max_pool2d(h, 2)
        query, key, value = flat(self.query(x)), flat(half(self.key(x))), flat(half(self.value(x)))
        read = (query @ key.transpose(1, 2)).softmax(2) @ value
        return x + self.gain * self.out(read.transpose(1, 2).unflatten(2, x.shape[2:]))
