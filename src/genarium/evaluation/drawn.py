"""Images that a model draws."""

import torch
from torch import Tensor

from genarium.evaluation.contracts import EvaluableModel
from genarium.protocols import Samples

CHUNK = 256
"""Images at once."""


def drawn(model: EvaluableModel, count: int, seed: int) -> Tensor:
    """`count` samples of the averaged weights, from codes of `seed`. -> (count, C, R, R)"""
    assert isinstance(model, Samples)
    generator = torch.Generator().manual_seed(seed)
    with model.evaluating(seed):
        parts = [model.sample(min(CHUNK, count - start), generator) for start in range(0, count, CHUNK)]
    return torch.cat(parts)
