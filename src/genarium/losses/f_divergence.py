"""f-GAN: adversarial losses that bound an f-divergence (Nowozin et al., arXiv:1606.00709, eq. 5, table 6)."""

import torch
from torch import Tensor

from genarium.losses.adversarial import LogitLoss


class FDivergenceLoss(LogitLoss):
    """f-GAN loss: the discriminator maximizes E_p[T] - E_q[f*(T)], whose maximum is D_f(p || q).

    T = activation(D(x)) lies in the domain of the conjugate f*; the generator maximizes E_q[T], the non-saturating
    alternative of sec. 3.2.
    """

    @staticmethod
    def activation(logits: Tensor) -> Tensor:
        """T of logits, (B,) -> (B,)."""
        raise NotImplementedError

    @staticmethod
    def conjugate(logits: Tensor) -> Tensor:
        """f*(T) of logits, (B,) -> (B,)."""
        raise NotImplementedError

    @classmethod
    def discriminator(cls, real: Tensor, fake: Tensor) -> Tensor:
        return cls.conjugate(fake.float()) - cls.activation(real.float())

    @classmethod
    def generator(cls, real: Tensor | None, fake: Tensor) -> Tensor:
        return -cls.activation(fake.float())


class KLLoss(FDivergenceLoss):
    """f-GAN of KL(p || q): f(u) = u log u.

    >>> KLLoss.discriminator(torch.tensor([3.0]), torch.tensor([1.0]))  # exp(1 - 1) - 3
    tensor([-2.])
    """

    @staticmethod
    def activation(logits: Tensor) -> Tensor:
        return logits

    @staticmethod
    def conjugate(logits: Tensor) -> Tensor:
        return (logits - 1).exp()


class ReverseKLLoss(FDivergenceLoss):
    """f-GAN of KL(q || p): f(u) = -log u."""

    @staticmethod
    def activation(logits: Tensor) -> Tensor:
        return -(-logits).exp()

    @staticmethod
    def conjugate(logits: Tensor) -> Tensor:
        return logits - 1


class PearsonLoss(FDivergenceLoss):
    """f-GAN of the Pearson chi-squared divergence: f(u) = (u - 1)^2."""

    @staticmethod
    def activation(logits: Tensor) -> Tensor:
        return logits

    @staticmethod
    def conjugate(logits: Tensor) -> Tensor:
        return logits.square() / 4 + logits


class SquaredHellingerLoss(FDivergenceLoss):
    """f-GAN of the squared Hellinger distance: f(u) = (sqrt(u) - 1)^2."""

    @staticmethod
    def activation(logits: Tensor) -> Tensor:
        return -torch.expm1(-logits)

    @staticmethod
    def conjugate(logits: Tensor) -> Tensor:
        return torch.expm1(logits)
