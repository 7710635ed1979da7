import math

import torch
from torch.distributions import Categorical, Independent, OneHotCategorical, kl_divergence

from genarium.distributions.categorical import Categories, UniformCategorical


def infer(x: torch.Tensor) -> None:
    """No prior of categories asks for a posterior."""


def categories(count: int, temperature: float = 1.0) -> Categories:
    """Of 3 variables of 4 categories each."""
    torch.manual_seed(0)
    return Categories(torch.randn(1, 3, 4).log_softmax(2).expand(count, -1, -1), temperature)


def test_the_rate_of_categories_is_torchs_own_kl_to_the_uniform_prior():
    q, prior = categories(5), UniformCategorical(12, 4)
    theirs = kl_divergence(Categorical(logits=q.log_probs), Categorical(torch.ones(3, 4) / 4))
    assert torch.allclose(prior.rate_per_latent(q, q.mode(), infer), theirs, atol=1e-6)
    assert torch.allclose(prior.rate(q, q.mode(), infer), theirs.sum(1), atol=1e-6)


def test_the_rate_of_certain_categories_is_the_log_of_their_number():
    sure = Categories(torch.tensor([[[200.0, 0, 0, 0], [0, 0, 200.0, 0]]]).log_softmax(2), 1.0)
    assert torch.isclose(UniformCategorical(8, 4).rate(sure, sure.mode(), infer), torch.tensor(2 * math.log(4)))


def test_log_probabilities_of_codes_are_torchs_own():
    q = categories(6)
    z = q.rsample()
    theirs = Independent(OneHotCategorical(logits=q.log_probs), 1).log_prob(z.unflatten(1, (3, 4)).round())
    assert torch.allclose(q.log_prob(z), theirs, atol=1e-5)
    assert torch.allclose(UniformCategorical(12, 4).log_prob(z, infer), torch.full((6,), -3 * math.log(4)))


def test_samples_are_one_hot_and_as_frequent_as_the_posterior_says():
    q = categories(40_000, temperature=0.3)
    z = q.rsample().unflatten(1, (3, 4))
    assert torch.allclose(z.max(2).values, torch.ones(()), atol=1e-5)
    assert torch.allclose(z.sum(2), torch.ones(()), atol=1e-5)
    assert torch.allclose(z.mean(0), q.log_probs[0].exp(), atol=0.015)


def test_a_samples_gradient_is_the_gumbel_softmaxs():
    logits = torch.randn(1, 1, 3, requires_grad=True)
    values, temperature = torch.tensor([1.0, -2.0, 0.5]), 0.7
    torch.manual_seed(1)
    (Categories(logits.log_softmax(2), temperature).rsample() * values).sum().backward()
    torch.manual_seed(1)
    gumbel = -(-torch.rand(1, 1, 3).log()).log()
    again = logits.detach().requires_grad_()
    (((again + gumbel) / temperature).softmax(2) * values).sum().backward()
    assert torch.allclose(logits.grad, again.grad, atol=1e-6)


def test_samples_of_the_prior_are_one_hot_even_and_follow_the_generator():
    draw = lambda seed: UniformCategorical(12, 4).sample(
        20_000, infer, torch.device("cpu"), torch.Generator().manual_seed(seed)
    )
    z = draw(0).unflatten(1, (3, 4))
    assert torch.equal(z.sum(2), torch.ones(20_000, 3))
    assert torch.allclose(z.mean(0), torch.full((3, 4), 0.25), atol=0.02)
    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))
