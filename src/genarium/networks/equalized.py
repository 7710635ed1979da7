"""Equalized learning rate (Karras et al., arXiv:1710.10196, sec. 4.1): N(0, 1) weights, scaled at run time by
gain / sqrt(fan-in)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class EqualizedConv(nn.Module):
    """Equalized convolution of stride 1, (B, c_in, H, W) -> (B, c_out, H, W)."""

    def __init__(self, c_in: int, c_out: int, size: int, gain: float = math.sqrt(2)) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(c_out, c_in, size, size).to(memory_format=torch.channels_last))
        self.bias = nn.Parameter(torch.zeros(c_out))
        self.scale, self.padding = gain / math.sqrt(c_in * size**2), size // 2

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


class EqualizedLinear(nn.Module):
    """Equalized affine map, (B, in_dim) -> (B, out_dim)."""

    def __init__(self, in_dim: int, out_dim: int, gain: float = math.sqrt(2)) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(out_dim, in_dim)), nn.Parameter(torch.zeros(out_dim))
        self.scale = gain / math.sqrt(in_dim)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.scale, self.bias)


class PixelNorm(nn.Module):
    """Pixelwise feature normalization: the mean square over channels becomes 1 (sec. 4.2).
    (B, C, ...) -> (B, C, ...)."""

    def forward(self, x: Tensor) -> Tensor:
        return (x.float() * torch.rsqrt(x.float().square().mean(1, keepdim=True) + 1e-8)).to(x.dtype)
