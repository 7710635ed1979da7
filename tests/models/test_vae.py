"""What is special about each VAE."""

import math
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from genarium.distributions.categorical import UniformCategorical
from genarium.distributions.divergence import standard_normal
from genarium.distributions.prior import VampPrior
from genarium.errors import UserError
from genarium.losses.adversarial import (
    Hinge,
    LabelSmoothing,
    LeastSquares,
    Minimax,
    NonSaturating,
    RelativisticPairing,
    Wasserstein,
)
from genarium.losses.gradient_penalty import NoPenalty
from genarium.losses.importance import bound
from genarium.models.capacity_vae import CapacityVAE
from genarium.models.categorical_vae import CategoricalVAE
from genarium.models.db_vae import DebiasingVAE
from genarium.models.factor_vae import FactorVAE
from genarium.models.importance_weighted_vae import ImportanceWeightedVAE
from genarium.models.ladder_vae import LadderVAE, in_noise
from genarium.models.vae import VAE
from genarium.models.vae_gan import VAEGAN
from genarium.networks.heads import Logits
from genarium.networks.ladder import LadderDecoder, LadderEncoder
from genarium.networks.mlp import MLP, MLPDecoder, MLPEncoder
from genarium.training.schedules import exponential
from toys import PIXELS, SIDE, Images, fit, linear_vae, orthogonal

SCALE = 0.5


def evidence(x: Tensor, weights: Tensor, scale: float) -> Tensor:
    """log p(x) of the linear Gaussian model, (B,)."""
    covariance = weights @ weights.T + scale**2 * torch.eye(len(weights))
    return MultivariateNormal(torch.zeros(len(weights)), covariance).log_prob(x.flatten(1))


def make_exact(model, weights: Tensor, scale: float, beta: float = 1.0) -> None:
    """Set the posterior of a linear model with orthogonal columns to the best one for `beta`."""
    precision = 1 + weights.square().sum(0) / (beta * scale**2)
    model.encoder.mean.weight.data.copy_(weights.T / (beta * scale**2) / precision[:, None])
    model.encoder.mean.bias.data.zero_()
    model.encoder.log_variance.data.copy_(bounded_inverse(-precision.log()))


def bounded_inverse(log_variance: Tensor) -> Tensor:
    """What the encoder must say for this log variance."""
    return 12 * (log_variance / 12).atanh()


def toy(pixels: int = PIXELS, latents: int = 2, count: int = 64) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    weights = orthogonal(pixels, latents, 1.0)
    x = torch.randn(count, latents) @ weights.T + SCALE * torch.randn(count, pixels)
    return weights, x.view(count, 1, round(pixels**0.5), -1)


def test_the_bound_is_tight_at_the_true_posterior_of_a_linear_gaussian_model():
    weights, x = toy()
    model = linear_vae(weights, SCALE, ImportanceWeightedVAE, samples=5, bounds=1)
    make_exact(model, weights, SCALE)
    with torch.no_grad():
        log_weights = model.log_weights(x, 7)
        assert torch.allclose(log_weights, evidence(x, weights, SCALE).expand(7, -1), atol=1e-3)  # each, not on average
        assert torch.allclose(-model.terms(Images(x))["loss"], evidence(x, weights, SCALE), atol=1e-3)


def test_the_bound_rises_with_the_samples_and_reaches_the_evidence():
    weights, x = toy()
    model = linear_vae(weights, SCALE)
    make_exact(model, weights, SCALE)
    model.encoder.log_variance.data += 1.5  # too wide
    with torch.no_grad():
        log_weights = model.log_weights(x, 8000)
        means = [bound(log_weights.unflatten(0, (k, -1))).mean().item() for k in (1, 4, 16, 64, 8000)]
    truth = evidence(x, weights, SCALE).mean().item()
    assert means == sorted(means)
    assert means[0] < truth - 0.3
    assert math.isclose(means[-1], truth, abs_tol=0.02)


@pytest.mark.parametrize("bounds", [1, 3])
def test_iwae_and_miwae_gradients_are_the_self_normalised_weights_by_hand(bounds):
    weights, x = toy(latents=1, count=3)
    model = linear_vae(weights, SCALE, ImportanceWeightedVAE, samples=4, bounds=bounds)
    torch.manual_seed(5)
    model.terms(Images(x))["loss"].sum().backward()
    torch.manual_seed(5)
    with torch.no_grad():
        q = model.posterior(x)
        z = q.rsample((4 * bounds,))  # (K, B, 1)
        away = x.flatten(1) - z * weights.T
        log_w = Normal(0.0, SCALE).log_prob(away).sum(2) + Normal(0.0, 1.0).log_prob(z).sum(2) - q.log_prob(z)
        share = log_w.unflatten(0, (bounds, 4)).softmax(1).flatten(0, 1) / bounds
        # d log w / d mean with z = mean + s eps: of log p(x|z) and log p(z); that of log q is zero
        slope = (away @ weights)[..., 0] / SCALE**2 - z[..., 0]
        by_hand = -(share * slope).sum()
    assert torch.allclose(model.encoder.mean.bias.grad, by_hand, rtol=1e-4)


def test_miwae_lies_between_the_elbo_and_iwae_of_as_many_samples():
    weights, x = toy()
    loss = {}
    for samples, bounds in ((1, 64), (8, 8), (64, 1)):
        model = linear_vae(weights, SCALE, ImportanceWeightedVAE, samples=samples, bounds=bounds)
        torch.manual_seed(1)
        model.encoder.mean.weight.data.copy_(weights.T / 2)
        torch.manual_seed(2)
        loss[samples] = model.terms(Images(x))["loss"].mean().item()
    assert loss[64] < loss[8] < loss[1]


@pytest.mark.parametrize("side", [32, 64])
@pytest.mark.parametrize("beta", [1.0, 4.0])
def test_beta_means_the_same_at_every_image_size(side, beta):
    """The best posterior of a linear decoder W at beta has the variance 1 / (1 + |W|^2 / (beta scale^2)): beta times
    the noise, whatever the number of pixels. A mean over pixels or latents would move it."""
    torch.manual_seed(0)
    weights = orthogonal(side**2, 2, 2.0)
    x = (torch.randn(1, 2) @ weights.T + SCALE * torch.randn(1, side**2)).view(1, 1, side, side)
    model = linear_vae(weights, SCALE, beta=beta)
    make_exact(model, weights, SCALE, beta)
    slopes = lambda: torch.autograd.grad(
        model.terms(Images(x.expand(4000, -1, -1, -1)))["loss"].mean(),
        [model.encoder.log_variance, model.encoder.mean.bias],
    )
    noise = 0.15 * beta
    at_best = torch.cat(slopes())
    assert at_best.abs().max() < noise
    make_exact(model, weights, SCALE, 4 * beta)
    assert slopes()[0].abs().min() > 2 * noise


def test_the_loss_is_distortion_plus_beta_rate_plus_the_weighted_regularizer():
    weights, x = toy()
    model = linear_vae(weights, SCALE, beta=3.0, regularizer_weight=2.0, regularizer=lambda q, z: z.square().sum(1))
    terms = model.terms(Images(x))
    assert torch.allclose(terms["loss"], terms["distortion"] + 3 * terms["rate"] + 2 * terms["regularizer"])
    bits = (terms["negative_elbo"] / PIXELS - math.log(2 / 255)) / math.log(2)
    assert torch.allclose(terms["bits_per_dimension"], bits)


def test_signals_which_have_no_levels_have_no_bits():
    weights, x = toy()
    model = linear_vae(weights, SCALE)
    q, z = model.infer(x)
    made, row = model.decoder(z), lambda images: images.flatten(2)[:, :, None]
    of_images, of_signals = model.objective(x, q, z, made), model.objective(row(x), q, z, row(made))
    assert of_images.keys() - of_signals.keys() == {"bits_per_dimension"}
    assert torch.allclose(of_signals["loss"], of_images["loss"])


def test_capacity_wants_the_rate_to_be_the_capacity():
    weights, x = toy()
    model = linear_vae(weights, SCALE, CapacityVAE, capacity=0.3, beta=50.0)
    fit(lambda: model.terms(Images(x)), model.parameters(), steps=300)
    assert math.isclose(model.terms(Images(x))["rate"].mean().item(), 0.3, abs_tol=0.1)


def test_factor_vaes_discriminator_estimates_the_total_correlation_in_nats():
    torch.manual_seed(0)
    rho, count = 0.8, 2000
    codes = MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, rho], [rho, 1.0]])).sample((count,))
    judge = Logits(MLP(2, 32, 2, 1, nn.LeakyReLU))
    model = linear_vae(
        orthogonal(PIXELS, 2, 1.0), SCALE, FactorVAE, discriminator=judge, adversarial_loss=NonSaturating(), gamma=6.0
    )
    model.infer = lambda x: (None, codes)  # what an encoder would say of correlated images
    fit(lambda: model.discriminator_terms(codes), judge.parameters(), steps=300)
    assert math.isclose(judge(codes).mean().item(), -0.5 * math.log(1 - rho**2), abs_tol=0.12)


@pytest.mark.parametrize("beta", [0.0, 0.3, 4.0])
@pytest.mark.parametrize("kind", [VAE, LadderVAE, CategoricalVAE])
def test_beta_presses_what_exceeds_the_free_bits_of_each_latent_and_nothing_else(kind, beta):
    torch.manual_seed(0)
    make = {VAE: partial(linear_vae, orthogonal(PIXELS, 6, 1.0), SCALE), LadderVAE: ladder, CategoricalVAE: categorical}
    model, x = make[kind](beta=beta, free_bits=0.2), torch.randn(16, 1, SIDE, SIDE)
    q, z = model.infer(x)
    terms = model.objective(x, q, z, model.decoder(z))
    each = model.prior.rate_per_latent(q, z, model.posterior).mean(0)
    pressed = sum(max(0.2, rate) for rate in each.tolist())
    assert (each < 0.2).any() or kind is VAE
    assert terms["loss"].mean().item() == pytest.approx(terms["distortion"].mean().item() + beta * pressed, rel=1e-4)
    assert terms["rate"].mean().item() == pytest.approx(each.sum().item(), rel=1e-4)  # what is reported is the rate


def test_free_bits_are_refused_where_there_is_no_rate_of_one_latent():
    prior = VampPrior(components=3, channels=1, resolution=SIDE, init_std=1.0)
    with pytest.raises(UserError, match="free_bits=0"):
        linear_vae(torch.zeros(PIXELS, 2), SCALE, prior=prior, free_bits=0.1)
    with pytest.raises(UserError, match="free_bits=0"):
        linear_vae(torch.zeros(PIXELS, 2), SCALE, ImportanceWeightedVAE, samples=2, bounds=1, free_bits=0.1)


GAMES = {Minimax(): True, NonSaturating(): True, LabelSmoothing(0.9): False, LeastSquares(): False, Hinge(): False}
GAMES |= {Wasserstein(): False, RelativisticPairing(): False}


@pytest.mark.parametrize("game", GAMES, ids=lambda game: type(game).__name__)
def test_factor_vae_plays_only_games_whose_best_logit_is_the_log_density_ratio(game):
    """At a point of two densities p and q, where the discriminator's mean loss is least; a game that asks for the
    difference of logits alone leaves their level open."""
    p, q, logits = 0.7, 0.1, torch.linspace(-6, 6, 12_001)
    none = torch.zeros_like(logits)
    best = logits[(p * game.discriminator(logits, none) + q * game.discriminator(none, logits)).argmin()]
    leveled = not torch.allclose(game.discriminator(logits, none), game.discriminator(logits + 1, none + 1))
    assert (math.isclose(best, math.log(p / q), abs_tol=0.01) and leveled) == GAMES[game]
    make = partial(linear_vae, torch.zeros(PIXELS, 2), SCALE, FactorVAE, gamma=6.0, adversarial_loss=game)
    if GAMES[game]:
        make(discriminator=Logits(MLP(2, 8, 1, 1, nn.LeakyReLU)))
    else:
        with pytest.raises(UserError, match="model/adversarial_loss=nonsaturating"):
            make(discriminator=Logits(MLP(2, 8, 1, 1, nn.LeakyReLU)))


@pytest.mark.parametrize(
    "words",
    [
        {"beta": 1e12},
        {"beta": -1.0},
        {"beta": math.nan},
        {"regularizer_weight": 1e30},
        {"regularizer_weight": -1e12},
        {"free_bits": -0.1},
    ],
)
def test_a_weight_beside_which_nothing_is_learned_is_refused_by_name(words):
    with pytest.raises(UserError, match=f"model.{next(iter(words))}="):
        linear_vae(torch.zeros(PIXELS, 2), SCALE, **words)


@pytest.mark.parametrize("kind", [FactorVAE, VAEGAN])
def test_one_image_is_refused_where_a_batch_is_learned_from_and_measured_where_it_is_held_out(kind):
    weights, x = toy(count=1)
    judges = {FactorVAE: Logits(MLP(2, 8, 1, 1, nn.LeakyReLU)), VAEGAN: Features()}
    parts = {"discriminator": judges[kind], "adversarial_loss": NonSaturating(), "gamma": 1.0}
    model = linear_vae(weights, SCALE, kind, **parts | ({"penalty": NoPenalty()} if kind is VAEGAN else {}))
    with pytest.raises(UserError, match="batch_size=2"):
        model.terms(Images(x))
    with torch.no_grad():
        assert all(values.isfinite().all() for values in model.terms(Images(x)).values())


def test_factor_vae_adds_gamma_times_the_logit():
    weights, x = toy()
    judge = Logits(MLP(2, 8, 1, 1, nn.LeakyReLU))
    model = linear_vae(weights, SCALE, FactorVAE, discriminator=judge, adversarial_loss=NonSaturating(), gamma=6.0)
    terms = model.terms(Images(x))
    assert torch.allclose(terms["loss"], terms["negative_elbo"] + 6 * terms["total_correlation"])


def ladder(levels: int = 3, each: int = 2, **parts) -> LadderVAE:
    size = {"channels": 1, "resolution": SIDE, "width": 16, "depth": 1, "activation": nn.ReLU}
    trunk, image = MLPEncoder(out_dim=16, **size), MLPDecoder(in_dim=16, **size)
    encoder = LadderEncoder(trunk, levels, 16, 2 * each * levels, nn.ReLU)
    decoder = LadderDecoder(image, levels, 16, each * levels, nn.ReLU)
    return linear_vae(torch.zeros(PIXELS, each * levels), SCALE, LadderVAE, encoder=encoder, decoder=decoder, **parts)


def test_a_level_of_the_ladder_is_the_precision_weighted_product():
    said, log_variance, mean, log_scale = (torch.randn(5, 2) for _ in range(4))
    q = in_noise(said, log_variance, mean, log_scale)
    precision, prior_precision = (-log_variance).exp(), (-2 * log_scale).exp()
    variance = 1 / (precision + prior_precision)
    center = variance * (said * precision + mean * prior_precision)
    assert torch.allclose(mean + log_scale.exp() * q.mean, center, atol=1e-5)
    assert torch.allclose(log_scale.exp() * q.stddev, variance.sqrt(), rtol=1e-4)
    in_z = kl_divergence(
        Normal(mean + log_scale.exp() * q.mean, log_scale.exp() * q.stddev), Normal(mean, log_scale.exp())
    )
    in_eps = kl_divergence(q.base_dist, standard_normal(q.mean))
    assert torch.allclose(in_z, in_eps, rtol=1e-3, atol=1e-5)


def test_every_level_of_the_ladder_is_inferred_given_the_one_above():
    torch.manual_seed(0)
    model, x = ladder(), torch.randn(4, 1, SIDE, SIDE)
    with torch.no_grad():
        (q, z), code = model.infer(x), model.encode(x)
        assert z.shape == q.mean.shape == code.shape == (4, 6)
        assert torch.equal(model.posterior(x).mean, code)
        torch.manual_seed(1)
        first = model.infer(x)[0].mean
        torch.manual_seed(2)
        second = model.infer(x)[0].mean
    assert torch.equal(first[:, :2], second[:, :2])  # the top level hears the image alone
    assert not torch.allclose(first[:, 2:], second[:, 2:])  # the others hear the sample above


def told_by_level(model: LadderVAE, x: Tensor) -> tuple[Tensor, Tensor]:
    """Rate of each of three levels of two latents; how far images move when a level takes another image's code."""
    with torch.no_grad():
        rates = model.rate_per_latent(x).mean(0).view(3, 2).sum(1)
        z, moved = model.encode(x), []
        for level in range(3):
            own = torch.arange(6) // 2 == level
            other = torch.where(own, z.roll(1, 0), z)
            moved.append((model.decode(other) - model.decode(z)).square().mean())
    return rates, torch.stack(moved)


def test_free_bits_keep_every_level_of_the_ladder_telling_of_the_image():
    _, x = toy(latents=4, count=256)
    found = []
    for parts in ({}, {"free_bits": 0.25}):
        torch.manual_seed(0)
        model = ladder(**parts)
        fit(lambda model=model: model.terms(Images(x)), model.parameters(), steps=300, lr=3e-3)
        found.append(told_by_level(model, x))
    (silent, unmoved), (rates, moved) = found
    assert silent[:2].max() < 0.05
    assert unmoved[:2].max() < 1e-3
    assert rates.min() > 0.4
    assert moved.min() > 0.01


def test_the_ladders_importance_weights_bound_its_evidence_from_below_more_tightly_with_more_samples():
    torch.manual_seed(0)
    model, x = ladder(), torch.randn(16, 1, SIDE, SIDE)
    with torch.no_grad():
        weights = model.log_weights(x, 1024)
        means = [bound(weights.unflatten(0, (k, -1))).mean().item() for k in (1, 16, 1024)]
        elbo = -model.terms(Images(x.repeat(50, 1, 1, 1)))["negative_elbo"].mean().item()
    assert means == sorted(means)
    assert math.isclose(means[0], elbo, rel_tol=0.02)


def categorical(**parts) -> CategoricalVAE:
    """Two variables of four categories each."""
    parts = {"prior": UniformCategorical(8, 4), "latent_dim": 8, "categories": 4, "temperature": 1.0} | parts
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, 8))
    return linear_vae(orthogonal(PIXELS, 8, 1.0), SCALE, CategoricalVAE, encoder=encoder, **parts)


def test_the_categorical_vaes_temperature_follows_its_schedule():
    cooling = exponential(start=2.0, stop=0.5, over=100)
    model = categorical(schedules={"temperature": cooling})
    seen = []
    for images in (0, 50, 100, 10**9):
        model.apply_schedules(images)
        seen.append(model.posterior(torch.zeros(1, 1, SIDE, SIDE)).temperature)
    assert seen == [2.0, 1.0, 0.5, 0.5]


def test_the_temperature_changes_the_gradient_of_the_categorical_vae_and_not_its_terms():
    torch.manual_seed(0)
    model, x = categorical(), torch.randn(16, 1, SIDE, SIDE)
    losses, slopes = [], []
    for model.temperature in (0.5, 2.0):
        torch.manual_seed(1)
        model.zero_grad()
        loss = model.terms(Images(x))["loss"]
        loss.mean().backward()
        losses.append(loss.detach())
        slopes.append(model.encoder[1].weight.grad)
    assert torch.allclose(*losses, rtol=1e-4)
    assert not torch.allclose(*slopes, rtol=0.1)


def test_the_categorical_vaes_bound_is_below_the_evidence_summed_over_all_codes():
    torch.manual_seed(0)
    model, x = categorical(), torch.randn(8, 1, SIDE, SIDE)
    one_hot = torch.eye(4)
    codes = torch.cat([one_hot.repeat_interleave(4, 0), one_hot.repeat(4, 1)], dim=1)  # all 16
    with torch.no_grad():
        joint = torch.stack([model.likelihood.log_prob(x, model.decoder(z.expand(8, -1))) for z in codes])
        evidence = joint.logsumexp(0) - math.log(16)
        log_weights = model.log_weights(x, 20_000)
    assert torch.allclose(bound(log_weights), evidence, atol=0.2)
    assert (log_weights.mean(0) < evidence).all()


def test_a_categorical_vae_learns_which_of_its_codes_an_image_is():
    torch.manual_seed(0)
    kinds = torch.randn(16, 1, SIDE, SIDE)
    x = kinds[torch.arange(256) % 16]
    model = categorical()
    fit(lambda: model.terms(Images(x)), model.parameters(), steps=300, lr=3e-2)
    with torch.no_grad():
        rate = model.terms(Images(x))["rate"].mean().item()
        assert rate > 0.7 * math.log(16)
        assert len(model.encode(kinds).unique(dim=0)) > 8


class Features(nn.Module):
    """The pixels as features, times `gain`; the logit is their mean."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(()))

    def features(self, x: Tensor) -> Tensor:
        return self.gain * x.flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.features(x).mean(1)


def vae_gan() -> VAEGAN:
    parts = {"discriminator": Features(), "adversarial_loss": NonSaturating(), "penalty": NoPenalty(), "gamma": 0.5}
    return linear_vae(orthogonal(PIXELS, 2, 1.0), SCALE, VAEGAN, **parts)


def test_the_vae_gans_distance_of_features_does_not_depend_on_their_scale():
    torch.manual_seed(0)
    model, x = vae_gan(), torch.rand(32, 1, SIDE, SIDE) - 0.5
    found = []
    for gain in (1.0, 100.0):
        model.discriminator.gain.data.fill_(gain)
        found.append(model.likelihood.log_prob(*model.seen(x, x + 0.1)))
    assert torch.allclose(*found, rtol=1e-2)
    at_itself = model.likelihood.log_prob(*model.seen(x, x))
    assert torch.allclose(at_itself, torch.full((32,), -PIXELS * math.log(SCALE * math.sqrt(2 * math.pi))), rtol=1e-5)


def test_the_vae_gans_losses_reach_the_networks_of_the_papers_algorithm_and_no_other():
    """Encoder: rate and distance; decoder: gamma times the distance, and the game; discriminator: the game alone."""
    torch.manual_seed(0)
    model, x = vae_gan(), torch.rand(32, 1, SIDE, SIDE) - 0.5
    terms = model.terms(Images(x))
    assert torch.allclose(terms["loss"], terms["distortion"] + terms["rate"])
    terms = model.decoder_terms(x)
    assert torch.allclose(terms["loss"], 0.5 * terms["distortion"] + terms["adversarial"])
    model.zero_grad()
    terms["loss"].mean().backward()
    assert all(p.grad is None for p in model.encoder.parameters())
    model.zero_grad()
    model.discriminator_terms(x)["loss"].mean().backward()
    assert all(p.grad is None for p in [*model.encoder.parameters(), *model.decoder.parameters()])
    assert model.discriminator.gain.grad is not None


def biased(model: DebiasingVAE) -> Images:
    """97 images of one kind and three of another, far from them in the latent."""
    x = torch.zeros(100, 1, SIDE, SIDE)
    x[:97, 0, 0, 0], x[97:, 0, 0, 0] = 1.0, -1.0
    model.encoder.mean.weight.data.zero_()
    model.encoder.mean.weight.data[:, 0] = 2.0
    model.encoder.mean.bias.data.zero_()
    return Images(x + 0.01 * torch.randn_like(x), torch.arange(100))


@pytest.mark.parametrize(("alpha", "expected"), [(1e-3, 0.5), (1e6, 0.03)])
def test_the_debiasing_vae_shows_rare_images_as_often_as_common_ones(alpha, expected):
    torch.manual_seed(0)
    make = partial(linear_vae, torch.zeros(PIXELS, 1), SCALE, DebiasingVAE)
    model = make(bins=10, range=3.0, half_life=200.0, alpha=alpha)
    batch, found = biased(model), []
    for _ in range(60):
        found.append((model.drawn(batch).labels >= 97).float().mean())
    assert math.isclose(torch.stack(found[20:]).mean(), expected, abs_tol=0.04)
    chance = model.sampling_chance(batch.images)
    assert math.isclose(chance[97:].sum(), expected, abs_tol=0.04)
    assert len(model.drawn(batch).images) == 100
