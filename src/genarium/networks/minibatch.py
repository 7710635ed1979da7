"""Minibatch statistics: layers over several examples, by which a discriminator detects mode collapse."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch, local_rows


class MinibatchDiscrimination(nn.Module):
    """Minibatch discrimination, (B, F) -> (B, F + kernels): appends the mean closeness exp(-L1 distance) of each
    example to the others of its batch, in `kernels` learned spaces of `kernel_dim` dimensions (Salimans et al.,
    arXiv:1606.03498, sec. 3.2); 1 where all are alike, 0 where all are far.

    The paper sums over the others; the mean does not depend on the size of the batch and is of the scale of features.
    Distances are computed in single precision: bfloat16 would round them by more than images differ.
    """

    def __init__(self, feature_dim: int, kernels: int, kernel_dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(feature_dim, kernels * kernel_dim, bias=False)
        self.unflatten = nn.Unflatten(1, (kernels, kernel_dim))

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            points = F.linear(features.float(), self.project.weight.float())
        points = self.unflatten(points).transpose(0, 1)  # (kernels, B, kernel_dim)
        others = all_gather_batch(points, dim=1)
        distance = torch.cdist(points, others, p=1)  # (kernels, B, B)
        closeness = ((-distance).exp().sum(2).T - 1) / max(others.shape[1] - 1, 1)  # without itself
        return torch.cat([features, closeness.to(features.dtype)], 1)


class MinibatchStdDev(nn.Module):
    """Minibatch standard deviation, (B, C, H, W) -> (B, C + 1, H, W): appends the standard deviation over groups of
    `group` consecutive examples, averaged over channels and pixels (Karras et al., arXiv:1710.10196, sec. 3). A batch
    that is no multiple of `group` is one group."""

    def __init__(self, group: int) -> None:
        super().__init__()
        self.group = group

    def forward(self, x: Tensor) -> Tensor:
        whole = all_gather_batch(x.float())
        size = self.group if len(whole) % self.group == 0 else len(whole)
        grouped = whole.unflatten(0, (-1, size))
        deviation = (grouped.var(1, correction=0) + 1e-8).sqrt().mean((1, 2, 3))  # (B / size,)
        channel = local_rows(deviation.repeat_interleave(size)).to(x.dtype)[:, None, None, None]
        return torch.cat([x, channel.expand(-1, 1, *x.shape[2:])], 1)
