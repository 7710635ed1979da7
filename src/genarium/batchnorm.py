"""BatchNorm over the batch of all processes, on any device: torch's own SyncBatchNorm refuses CPUs."""

import torch
import torch.distributed as dist
from pytorch_lightning.plugins.layer_sync import LayerSync
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce

from genarium.noise import world


class SharedBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d whose mean and variance are those of the whole batch (Ioffe & Szegedy, arXiv:1502.03167, alg. 1)."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W); every process must bring the same number of images."""
        if not self.training or world()[1] == 1:
            return super().forward(x)
        h = x.float()
        moments = torch.stack([h.mean((0, 2, 3)), h.square().mean((0, 2, 3))])
        mean, square = (all_reduce(moments) if moments.requires_grad else summed(moments)) / world()[1]
        variance = square - mean.square()
        self.follow(mean.detach(), variance.detach(), x.numel() // x.shape[1] * world()[1])
        shape = (1, -1, 1, 1)
        h = (h - mean.view(shape)) * torch.rsqrt(variance + self.eps).view(shape)
        return (h * self.weight.view(shape) + self.bias.view(shape)).to(x.dtype)

    @torch.no_grad()
    def follow(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Running statistics, as torch keeps them: the variance unbiased."""
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)


def summed(moments: Tensor) -> Tensor:
    dist.all_reduce(moments)
    return moments


class WholeBatchNorm(LayerSync):
    """Lightning's plug for it: every BatchNorm2d of the model becomes a SharedBatchNorm while it trains."""

    def apply(self, model: nn.Module) -> nn.Module:
        return self.replace(model, nn.BatchNorm2d, SharedBatchNorm)

    def revert(self, model: nn.Module) -> nn.Module:
        return self.replace(model, SharedBatchNorm, nn.BatchNorm2d)

    @staticmethod
    def replace(model: nn.Module, old: type, new: type) -> nn.Module:
        for module in model.modules():
            if type(module) is old:
                module.__class__ = new  # same parameters, same buffers, another forward
        return model
