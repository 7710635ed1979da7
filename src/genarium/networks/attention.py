"""Self-attention over the places of an image (SAGAN: Zhang et al., arXiv:1805.08318)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.heads import Bounded
from genarium.networks.resnet import Residual, ResnetDecoder, ResnetEncoder
from genarium.networks.spectral_norm import with_spectral_norm


class SelfAttention(nn.Module):
    """(B, C, H, W) -> (B, C, H, W): every place reads from all places, at half the size (sec. 3 and its code). It
    starts as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(channels // 8, 1)
        self.query, self.key = nn.Conv2d(channels, inner, 1), nn.Conv2d(channels, inner, 1)
        self.value, self.out = nn.Conv2d(channels, channels // 2, 1), nn.Conv2d(channels // 2, channels, 1)
        self.gain = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        places = lambda h: h.flatten(2).transpose(1, 2)  # (B, H W, C)
        half = lambda h: F.max_pool2d(h, 2)
        query, key, value = places(self.query(x)), places(half(self.key(x))), places(half(self.value(x)))
        read = (query @ key.transpose(1, 2)).softmax(2) @ value
        return x + self.gain * self.out(read.transpose(1, 2).unflatten(2, x.shape[2:]))


def with_self_attention(network: nn.Module, size: int) -> nn.Module:
    """`network`, a residual pyramid within, with self-attention behind the last block whose maps are the largest of at
    most `size` px a side: its cost grows with the fourth power of that. UserError where there is no such block."""
    pyramid = next((part for part in network.modules() if isinstance(part, ResnetEncoder | ResnetDecoder)), None)
    if pyramid is None:
        raise UserError("self-attention needs residual blocks to go behind: choose a ResnetEncoder or ResnetDecoder")
    blocks = [name for name, child in pyramid.named_children() if isinstance(child, Residual)]
    fitting = {side: name for side, name in zip(pyramid.sides, blocks, strict=True) if side <= size}
    if not fitting:
        raise UserError(f"no maps of at most {size} px to attend to: choose at least {min(pyramid.sides)}")
    name = fitting[max(fitting)]
    block = getattr(pyramid, name)
    setattr(pyramid, name, nn.Sequential(block, SelfAttention(block.branch[-1].out_channels)))
    return network


def generator_with_self_attention(decoder: nn.Module, size: int) -> nn.Module:
    """A decoder's images in [-1, 1], with self-attention, every layer of spectral norm 1 (sec. 4.1)."""
    return with_spectral_norm(with_self_attention(Bounded(decoder), size))


def discriminator_with_self_attention(network: nn.Module, size: int) -> nn.Module:
    """`network` with self-attention, every layer of spectral norm 1."""
    return with_spectral_norm(with_self_attention(network, size))
