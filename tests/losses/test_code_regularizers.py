"""Regularizers of autoencoders: sparsity, slopes, MMD."""

import math

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.losses.contractive import contractive, rae_gp, rae_l2, squared_jacobian
from genarium.losses.mmd import inverse_multiquadratic, mmd_to_prior, wae_mmd
from genarium.losses.regularizer import none
from genarium.losses.sparsity import kl_to_activation, l1, l2

SCALES = [0.5, 1.0, 2.0]
NO = nn.Identity()


def test_l1_l2_and_none_on_hand_computed_codes():
    z = torch.tensor([[1.0, -2.0], [0.0, 3.0]])
    assert torch.equal(l1(NO, NO, z, z), torch.tensor([3.0, 3.0]))
    assert torch.equal(l2(NO, NO, z, z), torch.tensor([2.5, 4.5]))
    assert torch.equal(none(NO, NO, z, z), torch.zeros(2))


def test_kl_to_an_activation_is_zero_at_it_and_the_bernoulli_kl_elsewhere():
    at, off = torch.full((4, 3), 0.05), torch.full((4, 3), 0.5)
    assert kl_to_activation(NO, NO, at, at, target=0.05).abs().max() < 1e-6
    expected = 3 * (0.05 * math.log(0.05 / 0.5) + 0.95 * math.log(0.95 / 0.5))
    assert torch.allclose(kl_to_activation(NO, NO, off, off, target=0.05), torch.full((4,), expected))


def test_the_contractive_penalty_of_one_sigmoid_layer_is_the_papers_closed_form():
    torch.manual_seed(0)
    layer, x = nn.Sequential(nn.Linear(6, 4), nn.Sigmoid()), torch.randn(2, 6)
    h = layer(x)
    expected = ((h * (1 - h)).square() * layer[0].weight.square().sum(1)).sum(1)
    many = torch.stack([contractive(layer, NO, x, h) for _ in range(3000)]).mean(0)
    assert torch.allclose(many, expected, rtol=0.06)


def test_the_slope_estimate_has_the_frobenius_norm_as_its_mean_and_trains_the_function():
    torch.manual_seed(0)
    layer, x = nn.Linear(5, 5), torch.randn(4000, 5)
    norm = squared_jacobian(layer, x)
    assert torch.isclose(norm.mean(), layer.weight.square().sum(), rtol=0.05)
    norm.mean().backward()
    assert torch.allclose(layer.weight.grad, 2 * layer.weight, atol=0.15)


def test_rae_adds_its_parts():
    torch.manual_seed(0)
    decoder, z = nn.Linear(2, 3, bias=False), torch.tensor([[3.0, 4.0]])
    assert torch.isclose(rae_l2(NO, decoder, z, z, decay=0.1), 12.5 + 0.1 * decoder.weight.square().sum())
    slope = torch.stack([rae_gp(NO, decoder, z, z, slope=2.0) for _ in range(3000)]).mean()
    assert torch.isclose(slope, 12.5 + 2 * decoder.weight.square().sum(), rtol=0.05)


def test_gradient_penalties_stay_in_single_precision_under_bfloat16():
    layer, x = nn.Linear(5, 5), torch.randn(4, 5)
    with torch.autocast("cpu", torch.bfloat16):
        assert contractive(layer, NO, x, x).dtype == torch.float32
        assert wae_mmd(layer, NO, x, layer(x), SCALES).dtype == torch.float32


def test_the_kernel_is_one_per_scale_at_zero_distance():
    z = torch.randn(3, 4)
    assert torch.allclose(inverse_multiquadratic(z, z, SCALES).diagonal(), torch.full((3,), 3.0))
    a, b = torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])
    assert torch.allclose(inverse_multiquadratic(a, b, [1.0]), torch.tensor([[4 / 29]]))


def test_mmd_of_the_prior_is_zero_on_average_and_grows_with_distance():
    torch.manual_seed(0)
    draws = [
        torch.stack([mmd_to_prior(torch.randn(64, 4) + s, SCALES).mean() for _ in range(100)]) for s in (0, 0.5, 1)
    ]
    assert abs(draws[0].mean()) < 3 * draws[0].std() / 10  # unbiased
    assert draws[0].mean() + 3 * draws[0].std() / 10 < draws[1].mean() < draws[2].mean()
    narrow = torch.stack([mmd_to_prior(0.2 * torch.randn(64, 4), SCALES).mean() for _ in range(20)])
    assert narrow.mean() > draws[1].mean()


def test_mmd_over_the_batch_is_the_u_statistic():
    torch.manual_seed(0)
    z = torch.randn(8, 3) + 1
    torch.manual_seed(7)
    found = mmd_to_prior(z, SCALES).mean()
    torch.manual_seed(7)
    p = torch.randn(8, 3)
    k = lambda a, b: inverse_multiquadratic(a, b, SCALES)
    off = lambda m: (m.sum() - m.trace()) / (8 * 7)
    assert torch.isclose(found, off(k(z, z)) + off(k(p, p)) - 2 * k(z, p).mean(), rtol=1e-4)


@pytest.mark.parametrize("count", [1, 2])
def test_mmd_of_a_tiny_batch_is_finite(count):
    assert torch.isfinite(mmd_to_prior(torch.randn(count, 3), SCALES)).all()


def test_mmd_of_one_image_is_refused_where_it_is_learned_from():
    with pytest.raises(UserError, match="batch_size=2"):
        mmd_to_prior(torch.randn(1, 3, requires_grad=True), SCALES)
    assert mmd_to_prior(torch.zeros(2, 3, requires_grad=True), SCALES).isfinite().all()


def test_mmd_of_two_images_is_unbiased_too():
    torch.manual_seed(0)
    draws = torch.stack([mmd_to_prior(torch.randn(2, 4), SCALES).mean() for _ in range(1000)])
    assert abs(draws.mean()) < 3 * draws.std() / math.sqrt(1000)
