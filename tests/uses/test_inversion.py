"""Inversion finds codes, and trains nothing."""

from functools import partial

import pytest
import torch
from torch import nn

from genarium.uses.inversion import adam, invert, lbfgs, of_features, pixels

MINIMIZERS = {"adam": partial(adam, steps=150, lr=0.2), "lbfgs": partial(lbfgs, steps=100)}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("minimize", MINIMIZERS.values(), ids=MINIMIZERS)
def test_the_code_of_a_linear_decoder_is_that_of_least_squares(minimize):
    decoder = nn.Sequential(nn.Linear(4, 12), nn.Unflatten(1, (3, 2, 2)))
    x = torch.randn(5, 3, 2, 2)
    found = invert(decoder, x, torch.randn(1, 5, 4), minimize, pixels)
    weight, bias = decoder[0].weight.detach(), decoder[0].bias.detach()
    exact = torch.linalg.lstsq(weight, (x.flatten(1) - bias).T).solution.T
    assert torch.allclose(found.z, exact, atol=5e-3)
    assert torch.allclose(found.distance, pixels(decoder(exact), x).detach(), atol=1e-4)


@pytest.mark.parametrize("minimize", MINIMIZERS.values(), ids=MINIMIZERS)
def test_codes_of_a_decoders_own_images_come_back(minimize):
    decoder = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 12), nn.Unflatten(1, (3, 2, 2)))
    z = torch.randn(6, 3)
    found = invert(decoder, decoder(z).detach(), torch.randn(4, 6, 3), minimize, pixels)
    assert torch.allclose(found.z, z, atol=0.02)


@pytest.mark.parametrize("minimize", MINIMIZERS.values(), ids=MINIMIZERS)
def test_inversion_trains_no_network(minimize):
    decoder = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Unflatten(1, (3, 2, 2)))
    features = nn.Sequential(nn.Flatten(), nn.Linear(12, 5))
    before = [weight.clone() for weight in (*decoder.parameters(), *features.parameters())]
    with torch.no_grad():  # as within model.evaluating
        invert(decoder, torch.rand(2, 3, 2, 2), torch.randn(1, 2, 3), minimize, of_features(features))
    weights = [*decoder.parameters(), *features.parameters()]
    assert all(weight.grad is None and torch.equal(weight, old) for weight, old in zip(weights, before, strict=True))


def test_a_code_is_no_worse_than_the_best_that_it_started_from():
    decoder, x = nn.Sequential(nn.Linear(3, 12), nn.Unflatten(1, (3, 2, 2))), torch.randn(4, 3, 2, 2)
    starts = torch.randn(3, 4, 3)
    away = lambda objective, start: start + 100.0
    found = invert(decoder, x, starts, away, pixels)
    errors = torch.stack([pixels(decoder(start), x) for start in starts])
    assert torch.equal(found.distance, errors.min(0).values.detach())
