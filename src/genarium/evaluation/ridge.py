"""Ridge regression from images to images: what a linear map makes of pairs."""

import torch
from torch import Tensor

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Of the penalty, as shares of the mean eigenvalue: the best on a fifth of the pairs is taken."""


class Ridge:
    """Linear least squares with a penalty, in the dual form, whose cost grows with the number of pairs."""

    def __init__(self, x: Tensor, y: Tensor) -> None:
        """`x` (N, …) and `y` (N, …); the strength is chosen on every fifth pair, then all are fitted."""
        rows = torch.arange(len(x)) % 5 == 0
        x, y = x.double().flatten(1), y.double().flatten(1)
        errors = {}
        for strength in STRENGTHS:
            predicted = fitted(x[~rows], y[~rows], strength)(x[rows])
            errors[strength] = (predicted.clamp(-1, 1) - y[rows]).square().mean().item()
        self.strength = min(errors, key=lambda strength: errors[strength])
        self.predict = fitted(x, y, self.strength)

    def __call__(self, x: Tensor) -> Tensor:
        """(N, …) -> (N, outputs), clamped to [-1, 1]."""
        return self.predict(x.double().flatten(1)).clamp(-1, 1).float()


def fitted(x: Tensor, y: Tensor, strength: float):
    """The linear map of centered `x` (N, D) to centered `y` (N, E)."""
    mean_x, mean_y = x.mean(0), y.mean(0)
    centered = x - mean_x
    gram = centered @ centered.T
    penalty = strength * gram.diagonal().mean()
    dual = torch.linalg.solve(gram + penalty * torch.eye(len(x), dtype=x.dtype), y - mean_y)
    weights = centered.T @ dual
    return lambda new: (new - mean_x) @ weights + mean_y
