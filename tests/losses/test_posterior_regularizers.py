"""What comes on top of a VAE's rate, and priors."""

import math

import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal, kl_divergence

from genarium.distributions.divergence import kl, kl_per_latent
from genarium.distributions.prior import StandardNormal, VampPrior
from genarium.losses.free_bits import free_bits_lift
from genarium.losses.importance import bound, effective_samples, multiple_bound
from genarium.losses.total_correlation import decomposition, permuted_per_latent, total_correlation


def posterior(mean: torch.Tensor, scale: float | torch.Tensor) -> Independent:
    return Independent(Normal(mean, torch.as_tensor(scale).expand_as(mean)), 1)


def correlated(count: int, rho: float) -> torch.Tensor:
    return MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, rho], [rho, 1.0]])).sample((count,))


def test_beta_tcs_decomposition_sums_to_the_rate_of_the_same_sample():
    torch.manual_seed(0)
    q = posterior(torch.randn(16, 5), torch.rand(16, 5) + 0.1)
    z = q.rsample()
    parts = decomposition(q, z)
    rate = q.log_prob(z) - Normal(0.0, 1.0).log_prob(z).sum(1)
    assert torch.allclose(sum(parts.values()), rate, atol=1e-4)
    assert torch.allclose(parts["total_correlation"], total_correlation(q, z), atol=1e-5)


def test_beta_tcs_decomposition_sums_to_the_closed_form_kl_on_average():
    torch.manual_seed(0)
    q = posterior(torch.randn(8, 2), torch.rand(8, 2) + 0.3)
    totals = torch.stack([sum(decomposition(q, q.rsample()).values()) for _ in range(4000)])
    assert torch.allclose(totals.mean(0), kl(q, q.mean), atol=0.1)


def test_total_correlation_of_the_prior_is_zero():
    q = posterior(torch.zeros(16, 4), 1.0)
    assert total_correlation(q, q.rsample()).abs().max() < 1e-4


def test_total_correlation_of_a_correlated_gaussian_is_its_closed_form_in_nats():
    torch.manual_seed(0)
    q = posterior(correlated(2000, 0.9), 0.1)
    rho = 0.9 / 1.01  # the posterior's own variance adds to the diagonal
    assert math.isclose(total_correlation(q, q.rsample()).mean(), -0.5 * math.log(1 - rho**2), abs_tol=0.08)


def test_a_lift_is_from_the_rate_to_free_bits_of_each_latent():
    rates = torch.tensor([[0.0, 2.0], [0.0, 4.0]])
    assert torch.equal(
        rates.sum(1) + free_bits_lift(rates, 0.5), torch.tensor([2.5, 4.5])
    )  # means: max(0.5, 0) + max(0.5, 3)
    assert torch.equal(free_bits_lift(rates, 0.0), torch.zeros(2))
    mean = torch.tensor([[0.1]], requires_grad=True)
    rates = kl_per_latent(posterior(mean, 1.0))
    (rates.sum(1) + free_bits_lift(rates, 0.5)).sum().backward()
    assert mean.grad.abs().max() < 1e-6  # not pressed


def test_importance_bounds_use_every_sample_and_minus_log_k():
    log_weights = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    expected = torch.tensor([1.0, math.e, math.e**2, math.e**3]).mean().log()
    assert torch.allclose(bound(log_weights), expected)
    halves = [torch.tensor(w).mean().log() for w in ([1.0, math.e], [math.e**2, math.e**3])]
    assert torch.allclose(multiple_bound(log_weights, 2), sum(halves) / 2)
    assert torch.allclose(multiple_bound(log_weights, 1), bound(log_weights))
    assert torch.allclose(multiple_bound(log_weights, 4), log_weights.mean(0))


def test_effective_samples_go_from_one_to_all():
    even, odd = torch.zeros(5, 1), torch.tensor([[0.0], [-99.0], [-99.0]])
    assert torch.allclose(effective_samples(even), torch.tensor([5.0]))
    assert torch.allclose(effective_samples(odd), torch.tensor([1.0]))


def infer(u: torch.Tensor) -> Independent:
    """A posterior that reads the first two pixels as the mean."""
    return posterior(u.flatten(1)[:, :2], 0.5)


def test_the_standard_normal_prior_is_torchs_own():
    q, prior = posterior(torch.randn(4, 3), 0.7), StandardNormal(3)
    z = q.rsample()
    assert torch.allclose(prior.log_prob(z, infer), Normal(0.0, 1.0).log_prob(z).sum(1))
    assert torch.allclose(prior.rate(q, z, infer), kl_divergence(q, posterior(torch.zeros(4, 3), 1.0)))
    assert torch.equal(prior.rate_per_latent(q, z, infer), kl_per_latent(q))


def test_the_vamp_prior_is_the_mixture_of_its_pseudo_images_posteriors():
    torch.manual_seed(0)
    prior, z = VampPrior(components=3, channels=1, resolution=2, init_std=1.0), torch.randn(2, 5, 2)
    components = infer(prior.images)
    mixture = MixtureSameFamily(Categorical(torch.ones(3)), components)
    assert torch.allclose(prior.log_prob(z, infer), mixture.log_prob(z), atol=1e-5)
    marginal = MixtureSameFamily(Categorical(torch.ones(3)), Normal(components.mean[:, 0], 0.5))
    q = posterior(torch.zeros(5, 2), 0.5)
    rates = prior.rate_per_latent(q, z[0], infer)
    assert torch.allclose(rates[:, 0], Normal(0.0, 0.5).log_prob(z[0, :, 0]) - marginal.log_prob(z[0, :, 0]), atol=1e-5)
    prior.log_prob(z, infer).sum().backward()
    assert prior.free_images.grad.abs().sum() > 0


def test_samples_of_the_vamp_prior_have_its_mean_and_follow_the_generator():
    prior = VampPrior(components=3, channels=1, resolution=2, init_std=1.0)
    draw = lambda seed: prior.sample(20_000, infer, torch.device("cpu"), torch.Generator().manual_seed(seed))
    assert torch.allclose(draw(0).mean(0), infer(prior.images).mean.mean(0), atol=0.02)
    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))


def test_permuting_keeps_each_latents_values_and_breaks_their_bond():
    torch.manual_seed(0)
    z = correlated(4000, 0.95)
    permuted = permuted_per_latent(z)
    assert torch.equal(permuted.sort(0).values, z.sort(0).values)
    assert torch.corrcoef(permuted.T)[0, 1].abs() < 0.06
