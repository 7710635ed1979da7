import math

import pytest
import torch
from torch.distributions import Laplace as TorchLaplace

from genarium.distributions.likelihood import (
    EIGHT_BITS,
    CalibratedGaussian,
    CalibratedLaplace,
    ContinuousBernoulli,
    DiscretizedLogistic,
    Gaussian,
    Laplace,
)
from genarium.errors import UserError
from genarium.pixels import GRAY_LEVEL, to_bytes


def test_laplace_likelihood_equals_torchs_own_and_is_summed_over_pixels():
    x, median = torch.rand(3, 1, 4, 4) * 2 - 1, torch.rand(3, 1, 4, 4)
    expected = TorchLaplace(median, 0.3).log_prob(x).flatten(1).sum(1)
    assert torch.allclose(Laplace(0.3).log_prob(x, median), expected, rtol=1e-5)


def test_the_calibrated_laplace_is_most_likely_at_the_mean_absolute_error():
    x = torch.randn(64, 1, 8, 8)
    scale = x.abs().mean().item()
    likely = lambda s: CalibratedLaplace(s, 0.005).log_prob(x, torch.zeros_like(x)).mean()
    assert likely(scale) > likely(0.9 * scale)
    assert likely(scale) > likely(1.1 * scale)


@pytest.mark.parametrize("mean", [-1.3, -0.5, 0.0, 0.999])
def test_the_discretised_logistic_gives_the_256_levels_all_of_the_probability(mean):
    levels = (torch.arange(256.0) * 2 - 255) / 255
    x = levels[:, None, None, None]
    for scale in (0.01, 0.3):
        log_probability = DiscretizedLogistic(scale, 1e-4).log_prob(x, torch.full_like(x, mean)).detach()
        assert math.isclose(log_probability.double().exp().sum(), 1.0, rel_tol=1e-4)
        assert torch.isfinite(log_probability).all()


def test_a_wide_discretised_logistic_is_its_density_times_the_width_of_a_level():
    x, mean, scale = torch.full((1, 1, 1, 1), 51 / 255), torch.full((1, 1, 1, 1), 0.1), 0.5
    t = (x - mean).item() / scale
    log_density = -t - math.log(scale) - 2 * math.log1p(math.exp(-t))
    assert math.isclose(DiscretizedLogistic(scale, 1e-4).log_prob(x, mean), log_density + EIGHT_BITS, abs_tol=1e-4)


def test_every_likelihood_expects_an_image_in_minus_one_to_one():
    outputs = torch.randn(4, 3, 8, 8) * 5
    for likelihood in (Gaussian(0.1), Laplace(0.1), DiscretizedLogistic(0.1, 0.01), ContinuousBernoulli()):
        mean = likelihood.mean(outputs)
        assert mean.abs().max() <= 1
        assert mean.std() > 0.1


def test_a_grey_level_is_as_wide_for_every_likelihood_and_for_the_file_writer():
    level = to_bytes(torch.tensor([-1.0, -1 + GRAY_LEVEL, 1 - GRAY_LEVEL, 1.0]))
    assert level.tolist() == [0, 1, 254, 255]
    assert math.exp(Gaussian.log_bin_width) == math.exp(ContinuousBernoulli.log_bin_width) == pytest.approx(GRAY_LEVEL)
    # the discretized logistic's levels are as wide: between two of them, half the mass of each lies within half a level
    x, scale = torch.zeros(1, 1, 1, 1), 0.2
    inside = 2 * torch.tensor(GRAY_LEVEL / 2 / scale).sigmoid() - 1
    assert DiscretizedLogistic(scale, 1e-3).log_prob(x, x).exp().item() == pytest.approx(inside.item(), rel=1e-4)


FLAT = torch.full((1, 1, 8, 8), 0.25)


@pytest.mark.parametrize(
    ("likelihood", "least"), [(Gaussian, GRAY_LEVEL / math.sqrt(2 * math.pi)), (Laplace, GRAY_LEVEL / 2)]
)
def test_no_scale_gives_a_grey_level_more_than_the_probability_one(likelihood, least):
    """At the least scale a perfect copy costs 0 bits; below it, fewer: no image of 8 bits does."""
    bits = -(likelihood(least).log_prob(FLAT, FLAT) / 64 + likelihood.log_bin_width)
    assert bits.item() == pytest.approx(0, abs=1e-5)
    with pytest.raises(UserError, match=r"model\.likelihood\.scale="):
        likelihood(0.99 * least)


@pytest.mark.parametrize("likelihood", [CalibratedGaussian, CalibratedLaplace, DiscretizedLogistic])
@pytest.mark.parametrize("smallest", [1e-12, 0.0, -1.0, math.nan])
def test_a_learned_scale_has_a_least_value_and_the_remedy_works(likelihood, smallest):
    with pytest.raises(UserError, match=r"model\.likelihood\.min_scale=") as error:
        likelihood(0.3, smallest)
    likelihood(0.3, float(str(error.value).rpartition("min_scale=")[2]))


@pytest.mark.parametrize("likelihood", [CalibratedGaussian, CalibratedLaplace, DiscretizedLogistic])
def test_a_learned_scale_that_starts_below_its_least_value_is_refused(likelihood):
    with pytest.raises(UserError, match=r"set model\.likelihood\.scale=0\.2"):
        likelihood(0.05, 0.1)


@pytest.mark.parametrize("likelihood", [CalibratedGaussian, CalibratedLaplace, DiscretizedLogistic])
def test_images_of_one_color_leave_every_learned_scale_finite(likelihood):
    density = likelihood(0.3, 0.01)
    optimizer = torch.optim.Adam(density.parameters(), lr=1.0)
    for _ in range(200):
        optimizer.zero_grad()
        loss = -density.log_prob(FLAT, FLAT).mean()
        loss.backward()
        optimizer.step()
    assert math.isfinite(loss)
    assert density.log_scale.exp().item() >= 0.01 - 1e-6
