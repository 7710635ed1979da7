"""Importance weights and rates that every VAE gives: each image encoded once, the rate that of the joint."""

import math

import pytest
import torch
from hydra.utils import instantiate
from torch import nn

from genarium.distributions.prior import VampPrior
from genarium.evaluation.codes import mean_rate
from genarium.protocols import Weighs
from small import configured, models
from toys import PIXELS, SIDE, linear_vae

MODELS = [model for model in models("variational") if model != "vae_gan"]
IMAGES, SAMPLES, CHUNK = 4, 12, 5


def made(model: str) -> nn.Module:
    config = configured(model).model
    if "components" in config.prior:
        config.prior.components = 7
    torch.manual_seed(0)
    return instantiate(config).eval()


@pytest.mark.parametrize("model", MODELS)
def test_importance_weights_encode_each_image_once_whatever_the_samples(model):
    module, rows = made(model), []
    module.encoder.register_forward_pre_hook(lambda _, inputs: rows.append(len(inputs[0])))
    assert isinstance(module, Weighs)
    with torch.no_grad():
        weights = module.log_weights(torch.rand(IMAGES, 3, 16, 16), SAMPLES, CHUNK)
    assert weights.shape == (SAMPLES, IMAGES)
    assert weights.isfinite().all()
    if model == "vampprior_vae":  # its prior asks of its own pseudo-images
        rows = [count for count in rows if count != 7]
    if model == "cvae":  # an image is another one for every label that is guessed
        assert sum(rows) <= IMAGES * module.classes < IMAGES * SAMPLES
    else:
        assert sum(rows) == IMAGES


def test_the_conditional_vaes_weights_are_of_code_and_label_together():
    module, x = made("cvae"), torch.rand(IMAGES, 3, 16, 16)
    module.class_prior.set([1, 2, 3, 4, 5, 6])
    with torch.no_grad():
        codes, log_q = module.draws(x)(500)
        z, y = codes.split([24, 6], dim=2)
        labels, guess = y.argmax(2), module.guess(x)
        for k in range(5):
            q = module.posterior_given(x, y[k])
            expected = q.log_prob(z[k]) + guess[torch.arange(IMAGES), labels[k]].log()
            assert torch.allclose(log_q[k], expected, atol=1e-4)
        prior = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(2) + ((labels + 1) / 21).log()
        assert torch.allclose(module.log_prior(codes), prior, atol=1e-4)
    frequencies = nn.functional.one_hot(labels, 6).float().mean(0)
    assert torch.allclose(frequencies, guess, atol=0.1)


def separated(count: int) -> tuple[nn.Module, torch.Tensor]:
    """A VAE whose prior is the mean of `count` posteriors that hardly overlap, and its pseudo-images."""
    torch.manual_seed(0)
    prior = VampPrior(components=count, channels=1, resolution=SIDE, init_std=3.0)
    model = linear_vae(torch.zeros(PIXELS, PIXELS), 0.5, prior=prior)
    model.encoder.mean.weight.data.copy_(100 * torch.eye(PIXELS))
    return model, prior.images.detach()


def test_the_rate_of_one_of_twenty_separated_pseudo_posteriors_is_the_log_of_twenty():
    model, images = separated(20)
    with torch.no_grad():
        assert mean_rate(model, [images]) == pytest.approx(math.log(20), abs=1e-3)
        terms = model.objective(images, *model.infer(images), images)
        assert terms["rate"].mean().item() == pytest.approx(math.log(20), abs=1e-3)
        assert model.rate_per_latent(images).sum(1).mean() > 20  # of marginals: for the table alone


def test_a_prior_is_asked_whether_it_is_standard_normal():
    assert made("vae").aggregates and made("vae").prior.factorized
    assert not made("vampprior_vae").aggregates and not made("vampprior_vae").prior.factorized
    assert not made("ladder_vae").aggregates  # its posterior is no one Gaussian
    assert made("gumbel_vae").prior.factorized and not made("gumbel_vae").prior.standard_normal
