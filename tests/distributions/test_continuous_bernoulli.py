"""The continuous Bernoulli of logits: a density with the mean that it says, at any of them."""

import math

import pytest
import torch
from torch.distributions import ContinuousBernoulli as TorchContinuousBernoulli

from genarium.distributions.likelihood import SMALL, ContinuousBernoulli

MODEST = [-6.0, -1.0, -SMALL, -0.29, -1e-4, 0.0, 1e-7, 0.1, 0.299, 0.301, 2.0, 6.0]
LARGE = [-1e5, -300.0, -30.0, 17.0, 88.0, 1e3, 1e4]


def density(x: torch.Tensor, logit: float) -> torch.Tensor:
    x = x.reshape(-1, 1, 1, 1)
    return ContinuousBernoulli().log_prob(x, torch.full_like(x, logit))


@pytest.mark.parametrize("logit", MODEST)
def test_it_is_torchs_own_on_the_unit_interval(logit):
    x = torch.linspace(-1, 1, 41)
    # torch's own is in probabilities, and takes a series of them near 1/2: hence the tolerance
    torchs = TorchContinuousBernoulli(logits=torch.tensor(logit, dtype=torch.float64))
    expected = torchs.log_prob((x.double() + 1) / 2) - math.log(2)
    assert torch.allclose(density(x, logit).double(), expected, atol=1e-4)
    mean = ContinuousBernoulli().mean(torch.tensor([logit])).double()
    assert torch.allclose(mean, 2 * torchs.mean - 1, atol=1e-3)


@pytest.mark.parametrize("logit", MODEST + LARGE)
def test_its_integral_is_one_and_its_mean_as_said_at_any_logit(logit):
    # the density decays from one end like exp(-|L| t / 2), t the distance from it
    width = min(2.0, 80 / max(abs(logit), 1e-9))
    end = math.copysign(1.0, logit)
    away = torch.linspace(0, width, 20_001, dtype=torch.float64)
    densities = density((end - math.copysign(1.0, logit) * away).float(), logit).double().exp()
    # single precision rounds 1 - t: at 1e5 the density is known to an accuracy of 1e5 · 6e-8
    integral = torch.trapezoid(densities, away).item()
    assert math.isclose(integral, 1.0, abs_tol=1e-4 + abs(logit) * 1e-6)
    said = ContinuousBernoulli().mean(torch.tensor([logit])).item()
    exact = 1 / math.tanh(logit / 2) - 2 / logit if abs(logit) > 1e-3 else logit / 6
    assert math.isclose(said, exact, abs_tol=3e-6)


@pytest.mark.parametrize("logit", MODEST + LARGE)
def test_the_slope_of_its_log_density_is_the_image_less_its_mean(logit):
    """Of an exponential family: d log p(x) / d(L / 2) = x - E x."""
    x, logits = torch.tensor([[0.37]]), torch.tensor([[logit]], requires_grad=True)
    ContinuousBernoulli().log_prob(x, logits).sum().backward()
    expected = (x - ContinuousBernoulli().mean(logits.detach())) / 2
    assert torch.allclose(logits.grad, expected, atol=2e-5)


def test_two_logits_that_round_to_the_same_probability_are_told_apart():
    x = torch.tensor([1.0])
    assert density(x, 40.0) - density(x, 20.0) == pytest.approx(math.log(2), abs=1e-5)


def test_it_stays_finite_under_bfloat16_and_at_zero():
    x, logits = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4, dtype=torch.bfloat16, requires_grad=True)
    loss = ContinuousBernoulli().log_prob(x, logits)
    loss.sum().backward()
    assert loss.dtype == torch.float32
    assert torch.allclose(loss, torch.full((2,), -48 * math.log(2)))
    assert torch.equal(logits.grad, torch.zeros_like(logits))
    extreme = torch.tensor([[3e38, -3e38]])
    assert torch.isfinite(ContinuousBernoulli().mean(extreme)).all()
