"""Sparseness of codes (Hoyer, JMLR 5, 2004, sec. 3.1)."""

import torch

from genarium.config import compose
from genarium.training.build import built
from genarium.training.checkpoint import restore


def sparseness(codes: torch.Tensor) -> torch.Tensor:
    """(√Z - L1 / L2) / (√Z - 1): 1 where one number of a code is not 0, 0 where all are equal. (B, Z) -> (B,)"""
    root = codes.shape[1] ** 0.5
    return (root - codes.abs().sum(1) / codes.square().sum(1).sqrt().clamp_min(1e-12)) / (root - 1)


def of_run(run) -> float:
    """Mean over the codes of held-out images."""
    model, data = restore(run), built(compose.load(run.config).data.module, "data.module")
    data.setup()
    images = data.pictures(data.split_indices("val")).images
    with model.evaluating(0), torch.no_grad():
        return torch.cat([sparseness(model.encode(x)) for x in images.split(500)]).mean().item()
