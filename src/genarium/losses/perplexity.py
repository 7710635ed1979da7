"""Perplexity of code use."""

import torch
from torch import Tensor


def perplexity(codes: Tensor, size: int) -> Tensor:
    """Perplexity: exp of the entropy of code use, from 1 to `size`. (…) -> ()

    >>> perplexity(torch.tensor([0, 1, 0, 1]), size=512)  # two codes, equally often
    tensor(2.)
    """
    frequencies = torch.bincount(codes.flatten(), minlength=size).float() / codes.numel()
    return torch.special.entr(frequencies).sum().exp()
