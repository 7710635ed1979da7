"""BatchNorm over the batch of all processes, on any device: torch's own SyncBatchNorm refuses CPUs."""

import torch
from pytorch_lightning.plugins.layer_sync import LayerSync
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from genarium.processes import gathered, world


class Shared(_BatchNorm):
    """BatchNorm whose mean and variance are those of the whole batch (Ioffe & Szegedy, arXiv:1502.03167, alg. 1)."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, …) -> (B, C, …); every process must bring the same number of images."""
        if not self.training or world()[1] == 1:
            return super().forward(x)
        h = x.float()
        others = [dim for dim in range(x.ndim) if dim != 1]
        variances, means = torch.var_mean(h, others, correction=0)
        variances, means = gathered(torch.stack([variances, means])[None]).unbind(1)  # (processes, C) each
        mean = means.mean(0)
        variance = variances.mean(0) + (means - mean).square().mean(0)
        self.follow(mean.detach(), variance.detach(), x.numel() // x.shape[1] * world()[1])
        shape = (1, -1, *[1] * (x.ndim - 2))
        h = (h - mean.view(shape)) * torch.rsqrt(variance + self.eps).view(shape)
        return (h * self.weight.view(shape) + self.bias.view(shape)).to(x.dtype)

    @torch.no_grad()
    def follow(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Running statistics, as torch keeps them: the variance unbiased."""
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)


class SharedBatchNorm1d(Shared, nn.BatchNorm1d):
    """Of features, (B, C) or (B, C, L)."""


class SharedBatchNorm2d(Shared, nn.BatchNorm2d):
    """Of maps, (B, C, H, W)."""


SHARED = {nn.BatchNorm1d: SharedBatchNorm1d, nn.BatchNorm2d: SharedBatchNorm2d}


class WholeBatchNorm(LayerSync):
    """Lightning's plug for it: every BatchNorm of the model is a shared one while it trains."""

    def apply(self, model: nn.Module) -> nn.Module:
        return self.replace(model, SHARED)

    def revert(self, model: nn.Module) -> nn.Module:
        return self.replace(model, {new: old for old, new in SHARED.items()})

    @staticmethod
    def replace(model: nn.Module, kinds: dict[type, type]) -> nn.Module:
        for module in model.modules():
            module.__class__ = kinds.get(type(module), type(module))  # same parameters, same buffers, another forward
        return model
