"""Gradient penalties on a critic, one number per example, (B,), in single precision at every training precision.

A critic is any function of images to logits that treats each example alone: none with BatchNorm. (Progressive GAN's,
which sees deviations over groups of images, is its paper's exception.)
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from genarium.distributed import batch_consistent
from genarium.distributed.batch_dependence import refuse_batchnorm
from genarium.distributed.world import all_gather_batch

Critic = Callable[[Tensor], Tensor]
Penalty = Callable[[Critic, Tensor, Tensor], Tensor]


class NoPenalty:
    """No penalty."""

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,) zeros."""
        return real.new_zeros(len(real))


def check_per_example(penalty: Penalty, critic: nn.Module) -> Penalty:
    """Check that BatchNorm in `critic` mixes no images where a penalty takes each by itself; UserError otherwise."""
    if not isinstance(penalty, NoPenalty):
        refuse_batchnorm(critic, "discriminator", "dcgan_no_norm, resnet or resnet_spectral")
    return penalty


def input_gradient(critic: Critic, x: Tensor) -> Tensor:
    """Input gradient grad D(x) of each example, outside autocast, differentiable. (B, ...) -> (B, D)

    >>> input_gradient(lambda x: x.square().sum(1), torch.tensor([[1.0, -2.0]])).tolist()
    [[2.0, -4.0]]
    """
    with torch.autocast(x.device.type, enabled=False), torch.enable_grad():
        x = x.detach().float().requires_grad_()
        (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return gradient.flatten(1)


def unit_slope(critic: Critic, x: Tensor, weight: float) -> Tensor:
    """Two-sided gradient penalty weight (|grad D(x)| - 1)^2 at `x`. (B, ...) -> (B,)."""
    return weight * (torch.linalg.vector_norm(input_gradient(critic, x), dim=1) - 1).square()


def uniform_per_example(x: Tensor) -> Tensor:
    """Uniform random number on [0, 1) for each example. (B, ...) -> (B, 1, ...)."""
    return batch_consistent.uniform(len(x), *[1] * (x.ndim - 1), device=x.device)


def between(real: Tensor, fake: Tensor) -> Tensor:
    """Random point on the line between each real and its fake image. (B, ...) x (B, ...) -> (B, ...)."""
    return torch.lerp(fake.float(), real.float(), uniform_per_example(real))


def wgan_gp(critic: Critic, real: Tensor, fake: Tensor, weight: float) -> Tensor:
    """WGAN-GP: weight (|grad D(x)| - 1)^2 at a random point between a real and a fake image (Gulrajani et al.,
    arXiv:1704.00028, eq. 3). (B, ...) x (B, ...) -> (B,)

    >>> critic = lambda x: 3 * x[:, 0] + 4 * x[:, 1]  # |grad D| = 5 everywhere
    >>> wgan_gp(critic, torch.zeros(1, 2), torch.ones(1, 2), weight=10.0).tolist()
    [160.0]
    """
    return unit_slope(critic, between(real, fake), weight)


def wgan_lp(critic: Critic, real: Tensor, fake: Tensor, weight: float) -> Tensor:
    """One-sided gradient penalty, weight max(0, |grad D(x)| - 1)^2, at a random point between a real and a fake image
    (WGAN-LP: Petzka et al., arXiv:1709.08894, eq. 8). (B, ...) x (B, ...) -> (B,)."""
    slope = torch.linalg.vector_norm(input_gradient(critic, between(real, fake)), dim=1)
    return weight * (slope - 1).clamp(min=0).square()


def wgan_div(critic: Critic, real: Tensor, fake: Tensor, k: float, p: float) -> Tensor:
    """WGAN-div: k |grad D(x)|^p at a random point between a real and a fake image, the penalty of the Wasserstein
    divergence (Wu et al., arXiv:1712.01026). (B, ...) x (B, ...) -> (B,)

    >>> critic = lambda x: 2 * x[:, 0]  # |grad D| = 2 everywhere
    >>> wgan_div(critic, torch.zeros(1, 2), torch.ones(1, 2), k=2.0, p=6.0).tolist()
    [128.0]
    """
    return k * torch.linalg.vector_norm(input_gradient(critic, between(real, fake)), dim=1).pow(p)


def dragan(critic: Critic, real: Tensor, fake: Tensor, weight: float, range: float) -> Tensor:
    """DRAGAN: weight (|grad D(x)| - 1)^2 at real images disturbed by up to `range` standard deviations of the batch
    (Kodali et al., arXiv:1705.07215, eq. 1 and its code). (B, ...) x (B, ...) -> (B,)."""
    real = real.float()
    disturbance = (
        range * all_gather_batch(real).std(correction=0) * batch_consistent.uniform(*real.shape, device=real.device)
    )
    return unit_slope(critic, real + uniform_per_example(real) * disturbance, weight)


def r1(critic: Critic, real: Tensor, fake: Tensor, gamma: float) -> Tensor:
    """R1 penalty gamma/2 |grad D(x)|^2 at real images (Mescheder et al., arXiv:1801.04406, eq. 9).

    (B, ...) x (B, ...) -> (B,)

    >>> critic = lambda x: x.square().sum(1) / 2  # grad D(x) = x
    >>> r1(critic, torch.tensor([[3.0, 4.0]]), torch.zeros(1, 2), gamma=2.0).tolist()
    [25.0]
    """
    return gamma / 2 * input_gradient(critic, real).square().sum(1)


def r2(critic: Critic, real: Tensor, fake: Tensor, gamma: float) -> Tensor:
    """R2 penalty gamma/2 |grad D(G(z))|^2 at fake images (Mescheder et al., arXiv:1801.04406, eq. 10).

    (B, ...) x (B, ...) -> (B,)
    """
    return gamma / 2 * input_gradient(critic, fake).square().sum(1)


def drift(critic: Critic, real: Tensor, fake: Tensor, weight: float) -> Tensor:
    """Drift penalty weight D(x)^2 at real images, which keeps a Wasserstein critic near 0
    (Karras et al., arXiv:1710.10196, app. A.1). (B, ...) x (B, ...) -> (B,)."""
    with torch.autocast(real.device.type, enabled=False):
        return weight * critic(real.float()).square()


class StepPenalty:
    """Penalty that depends on the number of the discriminator's step, which the model counts and saves."""

    def at(self, step: int) -> Penalty:
        """Penalty at the discriminator's step number `step`, from 0."""
        raise NotImplementedError


def at_step(penalty: Penalty, step: int) -> Penalty:
    """Penalty at the discriminator's step number `step`, from 0; most are the same at every step."""
    return penalty.at(step) if isinstance(penalty, StepPenalty) else penalty


class PenaltySum(StepPenalty):
    """Sum of several penalties."""

    def __init__(self, penalties: Sequence[Penalty]) -> None:
        self.penalties = list(penalties)

    def at(self, step: int) -> Penalty:
        parts = [at_step(penalty, step) for penalty in self.penalties]
        return lambda critic, real, fake: torch.stack([part(critic, real, fake) for part in parts]).sum(0)


class LazyPenalty(StepPenalty):
    """Lazy regularization (Karras et al., arXiv:1912.04958, sec. 3.2): a penalty at every `interval`-th step.

    It is `interval` times as large there: the same on average, and cheaper. It descends together with the adversarial
    loss, not as a step of its own, so that learning rate and betas need no correction.
    """

    def __init__(self, penalty: Penalty, interval: int) -> None:
        self.penalty, self.interval = penalty, interval

    def at(self, step: int) -> Penalty:
        if step % self.interval:
            return NoPenalty()
        due = at_step(self.penalty, step)
        return lambda critic, real, fake: self.interval * due(critic, real, fake)
