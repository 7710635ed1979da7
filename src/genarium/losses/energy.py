"""Adversarial losses on energies, low at real images, one number per example, (B,), in single precision."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genarium.losses.adversarial import AdversarialLoss


class EnergyLoss(AdversarialLoss):
    """Adversarial loss on energies, low at real images."""

    output = "energies"


class EBGANLoss(EnergyLoss):
    """EBGAN loss, E(x) + max(0, margin - E(G(z))) against E(G(z)) (Zhao et al., arXiv:1609.03126, eq. 1 and 2).

    >>> EBGANLoss(margin=10.0).discriminator(torch.tensor([1.0, 1.0]), torch.tensor([4.0, 12.0]))
    tensor([7., 1.])
    """

    def __init__(self, margin: float) -> None:
        self.margin = margin

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return real.float() + F.relu(self.margin - fake.float())

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return fake.float()


class BEGANLoss(AdversarialLoss, nn.Module):
    """BEGAN loss, E(x) - k E(G(z)) against E(G(z)) (Berthelot et al., arXiv:1703.10717, sec. 3.4).

    The buffer k in [0, 1] holds E(G(z)) at `gamma` times E(x) by proportional control.
    """

    output = "balanced energies"
    k: Tensor

    def __init__(self, gamma: float, lambda_k: float) -> None:
        super().__init__()
        self.gamma, self.lambda_k = gamma, lambda_k
        self.register_buffer("k", torch.zeros(()))

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return real.float() - self.k * fake.float()

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return fake.float()

    @torch.no_grad()
    def balance(self, real: Tensor, fake: Tensor) -> None:
        """One step of proportional control from the mean energies, () each."""
        self.k.add_(self.lambda_k * (self.gamma * real - fake)).clamp_(0, 1)

    def convergence(self, real: Tensor, fake: Tensor) -> Tensor:
        """Convergence measure M = E(x) + |gamma E(x) - E(G(z))| (sec. 3.4.1); lower is better. () x () -> ()."""
        return real + (self.gamma * real - fake).abs()
