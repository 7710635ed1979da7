"""The players of the Dirac-GAN, one number each (Mescheder et al., arXiv:1801.04406, sec. 2)."""

import torch
from torch import Tensor, nn


class Point(nn.Module):
    """(B, Z) -> (B, 1, 1, 1): whatever the code, the one number theta (def. 2.1)."""

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(theta))

    def forward(self, z: Tensor) -> Tensor:
        return self.theta.expand(len(z), 1, 1, 1)


class Line(nn.Module):
    """(B, 1, 1, 1) -> logits psi x, (B,) (def. 2.1)."""

    def __init__(self, psi: float) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(psi))

    def forward(self, x: Tensor) -> Tensor:
        return self.psi * x.flatten()
