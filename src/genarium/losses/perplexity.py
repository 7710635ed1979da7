"""Perplexity of code use."""

import torch
from torch import Tensor


def perplexity(codes: Tensor, size: int) -> Tensor:
    """exp of the entropy of code use: how many of `size` codes are in use, as if evenly. (…) -> ()."""
    share = torch.bincount(codes.flatten(), minlength=size).float() / codes.numel()
    return torch.special.entr(share).sum().exp()
