import math

import torch
from torch.distributions import Bernoulli as TorchBernoulli
from torch.distributions import Independent, Normal, kl_divergence

from genarium.distributions.divergence import kl, kl_per_latent
from genarium.distributions.likelihood import Bernoulli, CalibratedGaussian, Gaussian
from genarium.losses.reconstruction import absolute_error, squared_error


def posterior(mean: torch.Tensor, scale: float) -> Independent:
    return Independent(Normal(mean, torch.full_like(mean, scale)), 1)


def test_kl_of_the_prior_with_itself_is_zero():
    z = torch.randn(5, 3)
    assert torch.allclose(kl(posterior(torch.zeros(5, 3), 1.0), z), torch.zeros(5))


def test_kl_equals_torchs_own_and_is_summed_over_latents():
    mean = torch.randn(4, 6)
    q, p = posterior(mean, 0.7), posterior(torch.zeros(4, 6), 1.0)
    assert torch.allclose(kl(q, mean), kl_divergence(q, p))
    assert torch.allclose(kl_per_latent(q).sum(1), kl(q, mean))


def test_kl_agrees_with_monte_carlo():
    q, p = posterior(torch.tensor([[0.5, -1.0]]), 0.7), posterior(torch.zeros(1, 2), 1.0)
    z = q.sample((200_000,))
    assert torch.isclose(kl(q, z[0]), (q.log_prob(z) - p.log_prob(z)).mean(0), atol=2e-2)


def test_gaussian_likelihood_equals_torchs_own_and_is_summed_over_pixels():
    x, mean = torch.rand(3, 1, 4, 4) * 2 - 1, torch.rand(3, 1, 4, 4)
    expected = Normal(mean, 0.3).log_prob(x).flatten(1).sum(1)
    assert torch.allclose(Gaussian(0.3).log_prob(x, mean), expected, rtol=1e-5)


def test_the_calibrated_gaussian_learns_the_root_mean_squared_error():
    torch.manual_seed(0)
    likelihood, x = CalibratedGaussian(0.5, 0.01), 0.2 * torch.randn(64, 1, 8, 8)
    optimizer = torch.optim.Adam(likelihood.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        (-likelihood.log_prob(x, torch.zeros_like(x)).mean()).backward()
        optimizer.step()
    assert math.isclose(likelihood.log_scale.exp().item(), x.square().mean().sqrt().item(), rel_tol=1e-3)


def test_bernoulli_likelihood_equals_torchs_own_on_binary_images():
    x, logits = torch.randint(0, 2, (3, 1, 4, 4)).float() * 2 - 1, torch.randn(3, 1, 4, 4)
    expected = TorchBernoulli(logits=logits).log_prob((x + 1) / 2).flatten(1).sum(1)
    assert torch.allclose(Bernoulli().log_prob(x, logits), expected, rtol=1e-5)


def test_bernoulli_mean_inverts_the_logit_of_a_probability():
    logits = torch.linspace(-5, 5, 11)
    assert torch.allclose(Bernoulli().mean(logits), 2 * logits.sigmoid() - 1, atol=1e-6)


def test_likelihoods_stay_in_single_precision_under_bfloat16():
    x, mean = torch.zeros(2, 1, 4, 4, dtype=torch.bfloat16), torch.full((2, 1, 4, 4), 0.5, dtype=torch.bfloat16)
    assert Gaussian(1.0).log_prob(x, mean).dtype == torch.float32


def test_reconstruction_errors_are_sums_over_pixels():
    x, y = torch.zeros(2, 3, 4, 4), torch.full((2, 3, 4, 4), 0.5)
    assert torch.equal(squared_error(x, y), torch.full((2,), 12.0))
    assert torch.equal(absolute_error(x, y), torch.full((2,), 24.0))
