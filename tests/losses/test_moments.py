"""Regularizers by covariances that are followed over batches: what they cost, and where they press."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence

from genarium.errors import UserError
from genarium.losses.moments import RIDGE, CovarianceRegularizer, DipI, DipII, TotalCorrelation, covariance

BATCH, LATENTS, SCALE = 32, 64, 0.4
MADE = {
    "dip_i": lambda latents=LATENTS, half_life=200.0: DipI(latents, half_life, 10.0, 100.0),
    "dip_ii": lambda latents=LATENTS, half_life=200.0: DipII(latents, half_life, 10.0, 10.0),
    "total_correlation": lambda latents=LATENTS, half_life=1500.0: TotalCorrelation(latents, half_life),
}


def posterior(mean: Tensor, scale: float | Tensor) -> Independent:
    return Independent(Normal(mean, torch.as_tensor(scale).expand_as(mean)), 1)


def codes(name: str, factor: Tensor) -> Tensor:
    """Means of a batch of posteriors, whose covariance is `factor` `factor`^T for DIP-I, and with the posteriors' own
    variance the like of it for the others. (B, Z)."""
    spread = 1.0 if name == "dip_i" else math.sqrt(1 - SCALE**2)
    return spread * torch.randn(BATCH, len(factor)) @ factor.T


def followed(name: str, factor: Tensor, batches: int, **made: float) -> tuple[CovarianceRegularizer, list[float]]:
    """A regularizer after so many batches of codes, and its values over the second half of them."""
    torch.manual_seed(0)
    regularizer, values = MADE[name](len(factor), **made), []
    for _ in range(batches):
        mean = codes(name, factor)
        values.append(regularizer(posterior(mean, SCALE), mean)[0].item())
    return regularizer, values[batches // 2 :]


@pytest.mark.parametrize("name", MADE)
def test_independent_codes_of_unit_variance_cost_about_nothing(name):
    values = torch.tensor(followed(name, torch.eye(LATENTS), 400)[1])
    error = 2 * values.std() / math.sqrt(20)  # of the mean: neighbors share the batches before them
    assert abs(values.mean()) < error + 0.2
    assert abs(values.mean()) < 5


def batch_gradient(name: str, regularizer: CovarianceRegularizer, gain: Tensor) -> tuple[Tensor, Tensor]:
    """Slopes of the regularizer and of the rate in mean and log scale of each image's posterior, on a batch of
    independent codes that are `gain` times as wide."""
    mean = (gain * codes(name, torch.eye(LATENTS))).requires_grad_()
    log_scale = torch.full_like(mean, math.log(SCALE)).requires_grad_()
    q = posterior(mean, gain * log_scale.exp())
    rate = kl_divergence(q, posterior(torch.zeros_like(mean), 1.0)).mean()
    cost = regularizer(q, mean).mean()
    slopes = [torch.autograd.grad(of, (mean, log_scale), retain_graph=True, allow_unused=True) for of in (cost, rate)]
    return tuple(torch.stack([torch.zeros_like(mean) if g is None else g for g in slope]) for slope in slopes)


def test_beta_tcs_slope_on_independent_latents_is_a_tenth_of_the_rates_at_most_in_every_batch():
    regularizer, _ = followed("total_correlation", torch.eye(LATENTS), 300)
    pairs = [batch_gradient("total_correlation", regularizer, torch.tensor(1.0)) for _ in range(20)]
    assert all(ours.norm() < 0.1 * rates.norm() for ours, rates in pairs)
    ours, rates = (torch.stack(side).mean(0) for side in zip(*pairs, strict=True))
    assert ours.norm() < 0.1 * rates.norm()


@pytest.mark.parametrize("name", ["dip_i", "dip_ii"])
def test_dip_prefers_the_variance_one(name):
    """The slope in a gain on all codes: none at 1, inwards on both sides of it."""
    slopes = {}
    for size in (0.6, 1.0, 1.4):
        regularizer, _ = followed(name, size * torch.eye(LATENTS), 200)
        found = []
        for _ in range(40):
            gain = torch.tensor(size, requires_grad=True)
            mean = gain * codes(name, torch.eye(LATENTS))
            (slope,) = torch.autograd.grad(regularizer(posterior(mean, gain * SCALE), mean)[0], gain)
            found.append(slope.item())
        slopes[size] = sum(found) / len(found)
    assert slopes[0.6] < 0 < slopes[1.4]
    assert abs(slopes[1.0]) < 0.05 * min(-slopes[0.6], slopes[1.4])


def pairwise(rho: float, latents: int) -> Tensor:
    """Cholesky factor of pairs of latents that correlate by `rho`."""
    return torch.linalg.cholesky(torch.block_diag(*[torch.tensor([[1.0, rho], [rho, 1.0]])] * (latents // 2)))


def test_dip_of_correlated_codes_is_its_closed_form():
    rho = 0.5
    values = torch.tensor(followed("dip_i", pairwise(rho, 8), 800)[1])
    assert math.isclose(values.mean(), 8 * 10 * rho**2, rel_tol=0.1)  # each latent has one partner
    values = torch.tensor(followed("dip_i", math.sqrt(1.5) * torch.eye(8), 800)[1])
    assert math.isclose(values.mean(), 8 * 100 * 0.5**2, rel_tol=0.1)


@pytest.mark.parametrize("rho", [0.3, 0.9])
def test_total_correlation_of_64_gaussian_latents_is_its_closed_form_in_nats(rho):
    values = torch.tensor(followed("total_correlation", pairwise(rho, LATENTS), 800)[1])
    seen = rho * (1 - SCALE**2)  # the posteriors' own variance is independent
    exact = -LATENTS / 4 * math.log(1 - seen**2)
    assert math.isclose(values.mean(), exact, rel_tol=0.1)


def test_total_correlation_is_torchs_divergence_from_the_product_of_the_marginals():
    covariance = torch.tensor([[2.0, 0.7, 0.1], [0.7, 1.0, -0.3], [0.1, -0.3, 0.5]])
    joint = MultivariateNormal(torch.zeros(3), covariance)
    product = MultivariateNormal(torch.zeros(3), torch.diag(covariance.diagonal()))
    found = TotalCorrelation(3, 100.0).cost(covariance)
    assert torch.allclose(found, kl_divergence(joint, product), atol=10 * RIDGE)


@pytest.mark.parametrize("name", MADE)
def test_descent_takes_the_dependence_out_of_codes(name):
    """A linear map of independent codes starts as a mixture of them, and ends without covariance."""
    torch.manual_seed(0)
    latents, spread = 4, 1.0 if name == "dip_i" else math.sqrt(1 - SCALE**2)
    mix, regularizer = nn.Linear(latents, latents, bias=False), MADE[name](latents)
    mix.weight.data.copy_(torch.eye(latents) + 0.6)
    optimizer = torch.optim.Adam(mix.parameters(), 3e-3)
    off = lambda: torch.corrcoef(mix(torch.randn(20_000, latents)).T).fill_diagonal_(0).abs().max().item()
    before = off()
    for _ in range(800):
        mean = spread * mix(torch.randn(BATCH, latents))
        optimizer.zero_grad()
        regularizer(posterior(mean, SCALE), mean).mean().backward()
        optimizer.step()
    assert before > 0.7
    assert off() < 0.25


@pytest.mark.parametrize("name", MADE)
def test_what_is_followed_is_a_buffer_and_stays_in_evaluation(name):
    regularizer, mean = MADE[name](4), torch.randn(BATCH, 4)
    regularizer.eval()(posterior(mean, SCALE), mean)
    assert torch.equal(regularizer.state_dict()["running"], torch.eye(4))
    regularizer.train()(posterior(mean, SCALE), mean)
    assert not torch.equal(regularizer.running, torch.eye(4))
    assert regularizer.running.grad_fn is None


@pytest.mark.parametrize("name", MADE)
def test_latents_that_are_one_and_the_smallest_batches_stay_finite(name):
    mean = torch.randn(BATCH, 1).expand(-1, 4).clone().requires_grad_()
    regularizer = MADE[name](4, half_life=1.0)
    for _ in range(3):
        value = regularizer(posterior(mean, 1e-3), mean)
    value.sum().backward()
    assert mean.grad.isfinite().all() and value.isfinite().all()
    for count in (1, 2):
        zeros = torch.zeros(count, 4)
        assert MADE[name](4)(posterior(zeros, SCALE), zeros).isfinite().all()  # a last held-out batch


@pytest.mark.parametrize("name", MADE)
def test_one_image_is_refused_where_it_is_learned_from(name):
    mean = torch.zeros(1, 4, requires_grad=True)
    with pytest.raises(UserError, match="batch_size=2"):
        MADE[name](4)(posterior(mean, SCALE), mean)


def test_the_covariance_is_unbiased():
    torch.manual_seed(0)
    found = torch.stack([covariance(torch.randn(3, 2)) for _ in range(5000)]).mean(0)
    assert torch.allclose(found, torch.eye(2), atol=0.06)
    x = torch.randn(5, 3)
    assert torch.allclose(covariance(x), torch.cov(x.T), atol=1e-6)
