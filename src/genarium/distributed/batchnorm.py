"""Synchronized BatchNorm: torch's own on NVIDIA's GPUs, where it is faster, and one for all other devices."""

import torch
from pytorch_lightning.plugins.layer_sync import LayerSync
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from genarium.distributed.world import all_gather_batch, rank_and_world_size


class SynchronizedBatchNorm(_BatchNorm):
    """Synchronized BatchNorm for every device: mean and variance are those of the batch of all processes."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, …) -> (B, C, …); every process must bring the same number of images."""
        if not self.training or rank_and_world_size()[1] == 1:
            return super().forward(x)
        h = x.float()
        others = [dim for dim in range(x.ndim) if dim != 1]
        variances, means = torch.var_mean(h, others, correction=0)
        variances, means = all_gather_batch(torch.stack([variances, means])[None]).unbind(1)  # (processes, C) each
        mean = means.mean(0)
        variance = variances.mean(0) + (means - mean).square().mean(0)
        self.update_running(mean.detach(), variance.detach(), x.numel() // x.shape[1] * rank_and_world_size()[1])
        shape = (1, -1, *[1] * (x.ndim - 2))
        h = (h - mean.view(shape)) * torch.rsqrt(variance + self.eps).view(shape)
        return (h * self.weight.view(shape) + self.bias.view(shape)).to(x.dtype)

    @torch.no_grad()
    def update_running(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Update the running statistics as torch does, with the unbiased variance."""
        tracked, momentum = self.num_batches_tracked, self.momentum
        running_mean, running_var = self.running_mean, self.running_var
        assert tracked is not None and momentum is not None
        assert running_mean is not None and running_var is not None
        tracked += 1
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(variance * count / (count - 1), momentum)


class SharedBatchNorm1d(SynchronizedBatchNorm, nn.BatchNorm1d):
    """Synchronized BatchNorm of features, (B, C) or (B, C, L)."""


class SharedBatchNorm2d(SynchronizedBatchNorm, nn.BatchNorm2d):
    """Synchronized BatchNorm of feature maps, (B, C, H, W)."""


class CudaSyncBatchNorm(nn.SyncBatchNorm):
    """torch's SyncBatchNorm, and plain BatchNorm in one process."""

    process_group = None  # all of them

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, …) -> (B, C, …)."""
        return super().forward(x) if rank_and_world_size()[1] > 1 else _BatchNorm.forward(self, x)


class FusedBatchNorm1d(CudaSyncBatchNorm):
    """Synchronized BatchNorm of features, (B, C) or (B, C, L)."""


class FusedBatchNorm2d(CudaSyncBatchNorm):
    """Synchronized BatchNorm of feature maps, (B, C, H, W)."""


SHARED = {nn.BatchNorm1d: SharedBatchNorm1d, nn.BatchNorm2d: SharedBatchNorm2d}
FUSED = {nn.BatchNorm1d: FusedBatchNorm1d, nn.BatchNorm2d: FusedBatchNorm2d}


class WholeBatchNorm(LayerSync):
    """Lightning plugin that synchronizes every BatchNorm of a model while it trains."""

    def apply(self, model: nn.Module) -> nn.Module:
        devices = {weight.device.type for weight in model.parameters()}
        return self.replace(model, FUSED if devices == {"cuda"} else SHARED)

    def revert(self, model: nn.Module) -> nn.Module:
        return self.replace(model, {new: old for kinds in (SHARED, FUSED) for old, new in kinds.items()})

    @staticmethod
    def replace(model: nn.Module, kinds: dict[type, type]) -> nn.Module:
        for module in model.modules():
            module.__class__ = kinds.get(type(module), type(module))  # same parameters, same buffers, another forward
        return model
