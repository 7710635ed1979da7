"""Adversarial examples: small changes of images, in [-1, 1], that raise a classifier's loss.

`epsilon` is the largest change of a pixel in the range [-1, 1]: the 0.3 of papers on [0, 1] is 0.6 here. Classifiers
are to be in evaluation mode; their weights take no gradient.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

Classify = Callable[[Tensor], Tensor]
"""(B, C, R, R) in [-1, 1] -> logits (B, K)."""


def fgsm(classify: Classify, x: Tensor, labels: Tensor, epsilon: float) -> Tensor:
    """Fast gradient sign method, x + epsilon sign(grad_x loss) (Goodfellow et al., arXiv:1412.6572, sec. 4).
    (B, C, R, R), (B,) -> (B, C, R, R) in [-1, 1]"""
    return (x + epsilon * slope(classify, x, labels).sign()).clamp(-1, 1)


def pgd(
    classify: Classify, x: Tensor, labels: Tensor, epsilon: float, step: float, steps: int, random: torch.Generator
) -> Tensor:
    """Projected gradient descent from a random start: steps of the sign, each clipped to the ball around x and to the
    range (Madry et al., arXiv:1706.06083, sec. 2.1). (B, C, R, R), (B,) -> (B, C, R, R) in [-1, 1]"""
    low, high = (x - epsilon).clamp(-1, 1), (x + epsilon).clamp(-1, 1)
    start = torch.rand(x.shape, generator=random, device=random.device).to(x) * 2 - 1
    found = (x + epsilon * start).clamp(low, high)
    for _ in range(steps):
        found = (found + step * slope(classify, found, labels).sign()).clamp(low, high)
    return found


def random_sign(x: Tensor, epsilon: float, random: torch.Generator) -> Tensor:
    """Control: a change of the same size without the classifier, each pixel's sign drawn. -> (B, C, R, R) in [-1, 1]"""
    drawn = torch.rand(x.shape, generator=random, device=random.device).to(x)
    return (x + epsilon * (drawn - 0.5).sign()).clamp(-1, 1)


def slope(classify: Classify, x: Tensor, labels: Tensor) -> Tensor:
    """Gradient of the classifier's cross-entropy with respect to each image. (B, C, R, R), (B,) -> (B, C, R, R)"""
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        (found,) = torch.autograd.grad(cross_entropy(classify(x), labels, reduction="sum"), x)
    return found
