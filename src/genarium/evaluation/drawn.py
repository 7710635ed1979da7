"""Images that a model draws."""

import torch
from torch import Tensor

from genarium.protocols import Samples

CHUNK = 256
"""Images at once."""


def drawn(model: Samples, count: int, seed: int) -> Tensor:
    """`count` samples of the averaged weights, from codes of `seed`. -> (count, C, R, R)"""
    generator = torch.Generator().manual_seed(seed)
    with model.evaluating(seed):
        parts = [model.sample(min(CHUNK, count - start), generator) for start in range(0, count, CHUNK)]
    return torch.cat(parts)
