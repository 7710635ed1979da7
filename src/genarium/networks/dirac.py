"""Dirac-GAN: generator and discriminator of one parameter each (Mescheder et al., arXiv:1801.04406, sec. 2)."""

import torch
from torch import Tensor, nn


class Point(nn.Module):
    """Dirac-GAN's generator, (B, Z) -> (B, 1, 1, 1): theta, whatever the code (def. 2.1)."""

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(theta))

    def forward(self, z: Tensor) -> Tensor:
        return self.theta.expand(len(z), 1, 1, 1)


class Line(nn.Module):
    """Dirac-GAN's discriminator, (B, 1, 1, 1) -> logits psi x, (B,) (def. 2.1)."""

    def __init__(self, psi: float) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(psi))

    def forward(self, x: Tensor) -> Tensor:
        return self.psi * x.flatten()
