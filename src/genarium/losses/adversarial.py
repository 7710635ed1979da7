"""Adversarial losses: a pair for discriminator and generator, one number per example, (B,), in single precision.

Both sides take the discriminator's outputs for real and for fake images, (B,) each, or for patches of them, (B, h, w)
-> the same: whoever calls averages over an image's patches afterwards (`per_image`). The class states their kind:
logits (`LogitLoss`), energies (`EnergyLoss`) or energies that a controller balances (`BEGANLoss`).

needs_real  whether the generator's side reads the outputs for real images, which may be None elsewhere
symmetric   whether `generator(-fake, -real)` is a valid loss for a player that wants real images classified as fake
            (ALI's encoder)
"""

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from genarium.distributed.world import all_gather_batch


def per_image(values: Tensor) -> Tensor:
    """Mean over the patches of each image (PatchGAN: Isola et al., arXiv:1611.07004, sec. 3.2.2). (B, …) -> (B,)

    >>> per_image(torch.tensor([[[0.0, 4.0]], [[1.0, 1.0]]]))
    tensor([2., 1.])
    """
    return values.flatten(1).mean(1) if values.ndim > 1 else values


class AdversarialLoss:
    """Adversarial loss: what each player minimizes, of the discriminator's outputs."""

    output: ClassVar[str]
    needs_real: ClassVar[bool] = False
    symmetric: ClassVar[bool] = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """(B,) x (B,) -> (B,)."""
        raise NotImplementedError

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """(B,) x (B,) -> (B,)."""
        raise NotImplementedError


class LogitLoss(AdversarialLoss):
    """Adversarial loss on logits, high at real images."""

    output = "logits"


class LogDensityRatio(LogitLoss):
    """Adversarial loss whose best discriminator has the log of the density of real images over that of fake ones as its
    logit (Goodfellow et al., arXiv:1406.2661, prop. 1)."""


class Minimax(LogDensityRatio):
    """Minimax loss, -log D(x) - log(1 - D(G(z))) against log(1 - D(G(z))) (Goodfellow et al., arXiv:1406.2661, eq. 1).

    >>> Minimax.discriminator(torch.zeros(1), torch.zeros(1))  # D = 1/2 everywhere: log 4
    tensor([1.3863])
    """

    symmetric = True

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return F.softplus(-real.float()) + F.softplus(fake.float())

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return -F.softplus(fake.float())


class NonSaturating(Minimax):
    """Non-saturating loss: the generator minimizes -log D(G(z)) (Goodfellow et al., arXiv:1406.2661, sec. 3).

    Its gradient is steepest where the generator is worst; the discriminator's side is that of `Minimax`.

    >>> NonSaturating.generator(None, torch.zeros(1))  # D = 1/2: log 2
    tensor([0.6931])
    """

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return F.softplus(-fake.float())


class LabelSmoothing(LogitLoss):
    """One-sided label smoothing: real images are real with probability `target` (Salimans et al., arXiv:1606.03498,
    sec. 3.4)."""

    symmetric = True

    def __init__(self, target: float) -> None:
        self.target = target

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        return F.softplus(real.float()) - self.target * real.float() + F.softplus(fake.float())

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return NonSaturating.generator(real, fake)


class LeastSquares(LogitLoss):
    """Least-squares loss (LSGAN: Mao et al., arXiv:1611.04076, eq. 9): targets 1 for real and 0 for fake images.

    >>> LeastSquares.discriminator(torch.ones(1), torch.full((1,), 2.0)), LeastSquares.generator(None, torch.zeros(1))
    (tensor([2.]), tensor([0.5000]))
    """

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return ((real.float() - 1).square() + fake.float().square()) / 2

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return (fake.float() - 1).square() / 2


class Hinge(LogitLoss):
    """Hinge loss, max(0, 1 - D(x)) + max(0, 1 + D(G(z))) against -D(G(z)) (Lim & Ye, arXiv:1705.02894; Miyato et al.,
    arXiv:1802.05957, eq. 16 and 17).

    >>> Hinge.discriminator(torch.tensor([0.5, 2.0]), torch.tensor([-2.0, 0.5]))
    tensor([0.5000, 1.5000])
    """

    symmetric = True

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return F.relu(1 - real.float()) + F.relu(1 + fake.float())

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return -fake.float()


class Wasserstein(LogitLoss):
    """Wasserstein loss, D(G(z)) - D(x) against -D(G(z)) (Arjovsky et al., arXiv:1701.07875, eq. 2 and 3).

    A distance only where a constraint or a penalty keeps the critic Lipschitz.

    >>> Wasserstein.discriminator(torch.tensor([3.0]), torch.tensor([1.0]))
    tensor([-2.])
    """

    symmetric = True

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return fake.float() - real.float()

    @staticmethod
    def generator(real: Tensor | None, fake: Tensor) -> Tensor:
        return -fake.float()


class RelativisticPairing(LogitLoss):
    """Relativistic pairing loss, -log sigmoid(D(x) - D(G(z))) against -log sigmoid(D(G(z)) - D(x))
    (Jolicoeur-Martineau, arXiv:1807.00734; Huang et al., arXiv:2501.05441, eq. 2).

    >>> RelativisticPairing.generator(torch.ones(1), torch.ones(1))  # only the difference counts
    tensor([0.6931])
    """

    needs_real = symmetric = True

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return F.softplus(fake.float() - real.float())

    @staticmethod
    def generator(real: Tensor, fake: Tensor) -> Tensor:
        return F.softplus(real.float() - fake.float())


class RelativisticAverageLeastSquares(LogitLoss):
    """Relativistic average least-squares loss (RaLSGAN), (D(x) - E D(G(z)) - 1)^2 + (D(G(z)) - E D(x) + 1)^2 against
    the same with real and fake exchanged; E is the mean over the batch (Jolicoeur-Martineau, arXiv:1807.00734).

    >>> RelativisticAverageLeastSquares.discriminator(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 2.0]))  # E: 2 and 1
    tensor([2., 2.])
    """

    needs_real = symmetric = True

    @staticmethod
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        real, fake = real.float(), fake.float()
        mean_real, mean_fake = all_gather_batch(real).mean(), all_gather_batch(fake).mean()
        return (real - mean_fake - 1).square() + (fake - mean_real + 1).square()

    @staticmethod
    def generator(real: Tensor, fake: Tensor) -> Tensor:
        return RelativisticAverageLeastSquares.discriminator(fake, real)
