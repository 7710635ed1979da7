"""Layers that look at several examples at once, so that a collapsed generator gives itself away."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genarium.distributed.world import all_gather_batch, local_rows


class MinibatchDiscrimination(nn.Module):
    """Appends to each example's features how close the others of its batch come to it on average, in `kernels` learned
    spaces of `kernel_dim` dimensions (Salimans et al., arXiv:1606.03498, sec. 3.2): 1 where all are alike, 0 where all
    are far. (B, F) -> (B, F + kernels).

    The paper sums over the others. Their mean says the same whatever the size of the batch, and is of the scale of
    features. Distances are of places in single precision whatever the training runs in: bfloat16 would round them by
    more than what tells images apart.
    """

    def __init__(self, feature_dim: int, kernels: int, kernel_dim: int) -> None:
        super().__init__()
        self.project = nn.Linear(feature_dim, kernels * kernel_dim, bias=False)
        self.unflatten = nn.Unflatten(1, (kernels, kernel_dim))

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            places = F.linear(features.float(), self.project.weight.float())
        places = self.unflatten(places).transpose(0, 1)  # (kernels, B, kernel_dim)
        others = all_gather_batch(places, dim=1)
        distance = torch.cdist(places, others, p=1)  # (kernels, B, B)
        closeness = ((-distance).exp().sum(2).T - 1) / max(others.shape[1] - 1, 1)  # without itself
        return torch.cat([features, closeness.to(features.dtype)], 1)


class MinibatchStdDev(nn.Module):
    """Appends one channel: the standard deviation over groups of `group` examples that follow each other, averaged over
    channels and pixels (Karras et al., arXiv:1710.10196, sec. 3). A batch that is no multiple of it is one group.
    (B, C, H, W) -> (B, C + 1, H, W)."""

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
