"""Spectral normalization (Miyato et al., arXiv:1802.05957)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization

WARM_UP = 20
"""Power iterations before the first use."""


class SpectralNorm(nn.Module):
    """Spectral normalization of a weight, W -> W / sigma(W), by one power iteration per call (alg. 1), in single
    precision.

    The stored vector u may be of any length, so that an averaged network, whose buffers are averages too, is normalized
    as well; in evaluation u does not change.
    """

    u: Tensor

    def __init__(self, weight: Tensor, rows: int) -> None:
        """`rows` is the dimension of the weight that counts outputs."""
        super().__init__()
        self.rows = rows
        self.register_buffer("u", F.normalize(torch.randn(weight.shape[rows]), dim=0))
        with torch.no_grad():
            for _ in range(WARM_UP):
                self(weight)

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.transpose(0, self.rows).flatten(1)
        with torch.autocast(weight.device.type, enabled=False):
            with torch.no_grad():
                v = F.normalize(self.u @ matrix, dim=0)
                u = F.normalize(matrix @ v, dim=0)
                if self.training:
                    self.u.copy_(u)
            return weight / (u @ matrix @ v)


def with_spectral_norm(network: nn.Module) -> nn.Module:
    """Spectral normalization of every convolution and linear layer of `network`, in place. Weights start orthogonal:
    the normalization would undo any other scale, and cannot undo 0."""
    for layer in list(network.modules()):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            layer.weight.data.copy_(nn.init.orthogonal_(torch.empty(layer.weight.shape)))
            rows = 1 if isinstance(layer, nn.ConvTranspose2d) else 0
            register_parametrization(layer, "weight", SpectralNorm(layer.weight, rows))
    return network
