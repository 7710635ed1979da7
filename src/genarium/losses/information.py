"""What an image tells of what it was made from: log probabilities under a recognition network, in nats per image."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from genarium.distributed.world import all_gather_batch


def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """-log p(label|x); 0 where the label is -1, unknown. (B, K) x (B,) -> (B,)."""
    return F.cross_entropy(logits.float(), labels, ignore_index=-1, reduction="none")


def mutual_information(guess: Tensor, category: Tensor, uniform: Tensor) -> Tensor:
    """log Q(c|x) + H(c), below I(c; G(z, c)) on average (InfoGAN: Chen et al., arXiv:1606.03657, eq. 5).

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
    """Mean squared cosine of each code with the other ones of its batch: small where they differ, 0 where there are no
    others, in single precision whatever the training runs in (EBGAN's pulling-away term: Zhao et al., arXiv:1609.03126,
    eq. 14). (B, Z) -> (B,)."""
    unit = F.normalize(codes.float(), dim=1)
    others = all_gather_batch(unit)
    with torch.autocast(codes.device.type, enabled=False):
        alike = (unit @ others.T).square().sum(1)
    return (alike - unit.square().sum(1).square()) / max(len(others) - 1, 1)


def feature_matching(real: Tensor, fake: Tensor) -> Tensor:
    """|E f(x) - E f(G(z))|^2 of features (feature matching: Salimans et al., arXiv:1606.03498, sec. 3.1), the same for
    each image: it belongs to the batch. (B, F) x (B, F) -> (B,)."""
    distance = (all_gather_batch(real.float()).mean(0) - all_gather_batch(fake.float()).mean(0)).square().sum()
    return torch.ones(len(fake), device=fake.device) * distance
