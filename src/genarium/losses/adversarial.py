"""Adversarial games on logits. Each game is a pair of losses, one number per example, (B,)."""

import torch.nn.functional as F
from torch import Tensor


class NonSaturating:
    """Goodfellow et al., arXiv:1406.2661: -log D(x) - log(1 - D(G(z))) against -log D(G(z))."""

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        """(B,) x (B,) -> (B,)."""
        return F.softplus(-real.float()) + F.softplus(fake.float())

    @staticmethod
    def generator(fake: Tensor) -> Tensor:
        """(B,) -> (B,)."""
        return F.softplus(-fake.float())
