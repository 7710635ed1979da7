import math

import pytest
import torch
from torch.distributions import Laplace as TorchLaplace

from genarium.losses.likelihood import (
    EIGHT_BITS,
    CalibratedLaplace,
    ContinuousBernoulli,
    DiscretisedLogistic,
    Gaussian,
    Laplace,
)


def test_laplace_likelihood_equals_torchs_own_and_is_summed_over_pixels():
    x, median = torch.rand(3, 1, 4, 4) * 2 - 1, torch.rand(3, 1, 4, 4)
    expected = TorchLaplace(median, 0.3).log_prob(x).flatten(1).sum(1)
    assert torch.allclose(Laplace(0.3).log_prob(x, median), expected, rtol=1e-5)


def test_the_calibrated_laplace_is_most_likely_at_the_mean_absolute_error():
    x = torch.randn(64, 1, 8, 8)
    scale = x.abs().mean().item()
    likely = lambda s: CalibratedLaplace(s, 1e-4).log_prob(x, torch.zeros_like(x)).mean()
    assert likely(scale) > likely(0.9 * scale)
    assert likely(scale) > likely(1.1 * scale)


@pytest.mark.parametrize("logit", [-6.0, -0.3, 0.0, 0.01, 4.0])
def test_the_continuous_bernoulli_is_a_density_on_minus_one_to_one_with_the_mean_that_it_says(logit):
    x = torch.linspace(-1, 1, 20_001)[:, None, None, None]
    density = ContinuousBernoulli().log_prob(x, torch.full_like(x, logit)).double().exp()
    assert math.isclose(torch.trapezoid(density, x.flatten().double()), 1.0, rel_tol=1e-3)
    mean = torch.trapezoid(density * x.flatten(), x.flatten().double())
    said = ContinuousBernoulli().mean(torch.tensor([logit])).item()
    assert math.isclose(mean, said, abs_tol=2e-3)


@pytest.mark.parametrize("mean", [-1.3, -0.5, 0.0, 0.999])
def test_the_discretised_logistic_gives_the_256_levels_all_of_the_probability(mean):
    levels = (torch.arange(256.0) * 2 - 255) / 255
    x = levels[:, None, None, None]
    for scale in (0.01, 0.3):
        log_probability = DiscretisedLogistic(scale, 1e-4).log_prob(x, torch.full_like(x, mean)).detach()
        assert math.isclose(log_probability.double().exp().sum(), 1.0, rel_tol=1e-4)
        assert torch.isfinite(log_probability).all()


def test_a_wide_discretised_logistic_is_its_density_times_the_width_of_a_level():
    x, mean, scale = torch.full((1, 1, 1, 1), 51 / 255), torch.full((1, 1, 1, 1), 0.1), 0.5
    t = (x - mean).item() / scale
    log_density = -t - math.log(scale) - 2 * math.log1p(math.exp(-t))
    assert math.isclose(DiscretisedLogistic(scale, 1e-4).log_prob(x, mean), log_density + EIGHT_BITS, abs_tol=1e-4)


def test_every_likelihood_expects_an_image_in_minus_one_to_one():
    outputs = torch.randn(4, 3, 8, 8) * 5
    for likelihood in (Gaussian(0.1), Laplace(0.1), DiscretisedLogistic(0.1, 0.01), ContinuousBernoulli()):
        mean = likelihood.mean(outputs)
        assert mean.abs().max() <= 1
        assert mean.std() > 0.1
