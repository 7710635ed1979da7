"""Rates, active units, importance sampling and the aggregate posterior, against closed forms."""

import math

import pytest
import torch

from genarium.errors import UserError
from genarium.metrics.active_units import active_units
from genarium.metrics.aggregate_posterior import aggregate_posterior
from genarium.metrics.gaussian_rate import kl_per_latent
from genarium.metrics.importance_weighted_likelihood import importance_weighted_log_likelihood


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_kl_per_latent_is_the_kl_of_gaussians():
    mean, log_variance = normal(5, 3), normal(5, 3, seed=1)
    q = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    p = torch.distributions.Normal(torch.zeros(()).double(), torch.ones(()).double())
    expected = torch.distributions.kl_divergence(q, p).mean(0)
    torch.testing.assert_close(kl_per_latent(mean=mean, log_variance=log_variance), expected)
    assert kl_per_latent(mean=torch.zeros(2, 3), log_variance=torch.zeros(2, 3)).tolist() == [0, 0, 0]


def test_active_units_are_those_whose_mean_moves():
    mean = normal(500, 4) * torch.tensor([1.0, 0.0, 0.05, 0.3])
    assert active_units(mean=mean, threshold=0.01).tolist() == [True, False, False, True]


def test_importance_sampling_finds_the_likelihood_of_a_linear_gaussian_model():
    # z ~ N(0, I), x = A z + s e: p(x) = N(0, A A^T + s^2 I); q is close to the posterior, and wider
    mix, s, x = normal(3, 2), 0.5, normal(4, 3, seed=1)
    expected = torch.distributions.MultivariateNormal(
        torch.zeros(3).double(), mix @ mix.T + s**2 * torch.eye(3).double()
    ).log_prob(x)
    covariance = torch.linalg.inv(torch.eye(2).double() + mix.T @ mix / s**2)
    q = torch.distributions.MultivariateNormal(x @ mix @ covariance / s**2, 1.5 * covariance)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        z = q.sample((4000,))  # (K, B, 2)
    log_weights = (
        torch.distributions.Normal(z @ mix.T, s).log_prob(x).sum(-1)
        + torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
        - q.log_prob(z)
    )
    found = importance_weighted_log_likelihood(log_weights)
    torch.testing.assert_close(found, expected, rtol=0, atol=0.02)
    assert (log_weights.mean(0) < expected - 0.03).all()  # the ELBO, one sample at a time, is below


def test_importance_sampling_uses_every_sample_and_its_count():
    weights = torch.tensor([[1.0], [2.0], [6.0]])
    assert importance_weighted_log_likelihood(weights.log()).item() == pytest.approx(math.log(3))
    assert importance_weighted_log_likelihood(weights.log() - 5000).item() == pytest.approx(math.log(3) - 5000)
    with pytest.raises(UserError, match=r"\(K, B\)"):
        importance_weighted_log_likelihood(torch.zeros(3))


def test_the_prior_itself_has_no_aggregate_kl_and_no_total_correlation():
    mean = torch.zeros(50, 6)
    found = aggregate_posterior(z=normal(200, 6).float(), mean=mean, log_variance=mean)
    assert all(abs(value) < 1e-5 for value in found.values.values())


def test_total_correlation_of_correlated_latents_is_the_closed_form():
    # means N(0, S - v I) and posterior variance v: q(z) is N(0, S) for many images
    rho, v, count = 0.8, 0.15, 4000
    s = torch.tensor([[1.0, rho], [rho, 1.0]]).double()
    mean = normal(count, 2) @ torch.linalg.cholesky(s - v * torch.eye(2)).T
    z = mean[:1500] + v**0.5 * normal(1500, 2, seed=1)
    found = aggregate_posterior(z=z, mean=mean, log_variance=torch.full_like(mean, math.log(v)))
    expected = -0.5 * math.log(1 - rho**2)
    assert found["total_correlation"] == pytest.approx(expected, abs=0.06)
    assert found["dimension_wise_kl"] == pytest.approx(0, abs=0.03)
    assert found["aggregate_kl"] == pytest.approx(found["total_correlation"] + found["dimension_wise_kl"])


def test_total_correlation_of_independent_latents_is_zero_and_a_shift_is_all_in_the_dimensions():
    mean = normal(4000, 2) * 0.9
    spread = torch.full_like(mean, math.log(1 - 0.9**2))
    z = mean[:1500] + (1 - 0.9**2) ** 0.5 * normal(1500, 2, seed=1)
    still, moved = (aggregate_posterior(z=z + by, mean=mean + by, log_variance=spread) for by in (0.0, 3.0))
    for found in (still, moved):
        assert found["total_correlation"] == pytest.approx(0, abs=0.05)
    assert still["aggregate_kl"] == pytest.approx(0, abs=0.08)
    assert moved["aggregate_kl"] == pytest.approx(2 * 3**2 / 2, abs=0.25)


@pytest.mark.parametrize("latents", [10, 64])
def test_where_posteriors_are_too_few_the_total_correlation_of_independent_latents_is_left_out(latents):
    count, v = 100, 0.1  # means N(0, 1 - v) and variance v: q(z) is N(0, I), and both numbers are 0
    mean = normal(count, latents) * (1 - v) ** 0.5
    z, spread = mean + v**0.5 * normal(count, latents, seed=1), torch.full_like(mean, math.log(v))
    found = aggregate_posterior(z=z, mean=mean, log_variance=spread)
    assert set(found.values) == {"dimension_wise_kl"} and set(found.left_out) == {"aggregate_kl", "total_correlation"}
    assert "rate less ln 100" in str(found.left_out["total_correlation"])


def test_where_posteriors_suffice_the_total_correlation_of_independent_latents_is_about_zero():
    for count, latents, v in ((1000, 2, 0.1), (1000, 10, 0.65), (2000, 5, 0.4)):
        mean = normal(count, latents) * (1 - v) ** 0.5
        z, spread = mean[:400] + v**0.5 * normal(400, latents, seed=1), torch.full_like(mean, math.log(v))
        found = aggregate_posterior(z=z, mean=mean, log_variance=spread)
        rate = -0.5 * latents * math.log(v)
        assert abs(found["total_correlation"]) < 0.1 * rate and abs(found["aggregate_kl"]) < 0.15 * rate


def test_the_aggregate_posterior_in_pieces_is_the_same(monkeypatch):
    from genarium.metrics import aggregate_posterior as module

    arguments = {"z": normal(31, 3), "mean": 0.3 * normal(40, 3, seed=1), "log_variance": 0.3 * normal(40, 3, seed=2)}
    whole = aggregate_posterior(**arguments).values
    assert len(whole) == 3
    monkeypatch.setattr(module, "ELEMENTS", 500)
    assert aggregate_posterior(**arguments).values == pytest.approx(whole)
