"""Losses on what a network recognizes in images: labels, InfoGAN's codes, features and their diversity."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from genarium.distributed.world import all_gather_batch


def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy -log p(label|x) in nats; 0 where the label is -1, unknown. (B, K) x (B,) -> (B,)

    >>> classification_loss(torch.zeros(2, 10), torch.tensor([3, -1]))  # log 10 for a uniform guess
    tensor([2.3026, 0.0000])
    """
    return F.cross_entropy(logits.float(), labels, ignore_index=-1, reduction="none")


def mutual_information(guess: Tensor, category: Tensor, uniform: Tensor) -> Tensor:
    """Variational lower bound on I(c; G(z, c)), log Q(c|x) + H(c) (InfoGAN: Chen et al., arXiv:1606.03657, eq. 5).

    c is a category, one-hot (B, K), each equally likely, and numbers (B, U) uniform on [-1, 1]; `guess` (B, K + 2 U)
    holds logits of the one, means and log scales of a Gaussian over the others. -> (B,).
    """
    kinds, numbers = category.shape[1], uniform.shape[1]
    logits, mean, log_scale = guess.float().split([kinds, numbers, numbers], dim=1)
    log_category = (category * logits.log_softmax(1)).sum(1) + math.log(kinds)
    log_scale = log_scale.clamp(math.log(0.01), math.log(10))
    squared = ((uniform - mean) * (-log_scale).exp()).square()
    log_density = -0.5 * (squared + 2 * log_scale + math.log(2 * math.pi))
    return log_category + (log_density + math.log(2)).sum(1)


def pulling_away(codes: Tensor) -> Tensor:
    """Pulling-away term (EBGAN: Zhao et al., arXiv:1609.03126, eq. 14): mean squared cosine with the other codes.

    Over the batch of all processes, in single precision; 0 where there are no others. (B, Z) -> (B,)

    >>> pulling_away(torch.tensor([[1.0, 0.0], [5.0, 0.0]])), pulling_away(torch.eye(2))
    (tensor([1., 1.]), tensor([0., 0.]))
    """
    unit = F.normalize(codes.float(), dim=1)
    others = all_gather_batch(unit)
    with torch.autocast(codes.device.type, enabled=False):
        alike = (unit @ others.T).square().sum(1)
    return (alike - unit.square().sum(1).square()) / max(len(others) - 1, 1)


def feature_matching(real: Tensor, fake: Tensor) -> Tensor:
    """Feature matching |E f(x) - E f(G(z))|^2 (Salimans et al., arXiv:1606.03498, sec. 3.1).

    One number of the batch, repeated for each image. (B, F) x (B, F) -> (B,)

    >>> feature_matching(torch.zeros(2, 3), torch.tensor([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    tensor([1., 1.])
    """
    distance = (all_gather_batch(real.float()).mean(0) - all_gather_batch(fake.float()).mean(0)).square().sum()
    return torch.ones(len(fake), device=fake.device) * distance
