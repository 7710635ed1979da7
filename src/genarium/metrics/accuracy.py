"""Accuracy of a classifier."""

from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.result import Result


def accuracy(*, logits: Tensor, labels: Tensor) -> Result:
    """Share of images whose most probable class is theirs. (N, K), (N,)

    >>> import torch
    >>> accuracy(logits=torch.tensor([[2.0, 1.0], [0.0, 1.0]]), labels=torch.tensor([0, 0])).values
    {'accuracy': 0.5}
    """
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not len(logits):
        raise UserError(f"logits {tuple(logits.shape)} and labels {tuple(labels.shape)} must be (N, K), (N,), N > 0")
    return Result({"accuracy": (logits.argmax(1) == labels).double().mean().item()})
