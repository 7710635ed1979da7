"""Parzen windows: a density known in closed form, and scikit-learn's estimate."""

import math

import pytest
import torch
from sklearn.neighbors import KernelDensity

from genarium.errors import UserError
from genarium.metrics.parzen import parzen_log_likelihood, parzen_scale


def value(**samples) -> float:
    return parzen_log_likelihood(**samples)["parzen_log_likelihood"]


def test_one_window_is_its_gaussian():
    real = torch.tensor([[0.0, 3.0]])
    expected = -0.5 * 9 / 4 - 2 * math.log(2 * math.sqrt(2 * math.pi))
    assert value(generated=torch.zeros(1, 2), real=real, sigma=2.0) == pytest.approx(expected)


def test_the_estimate_is_scikit_learns():
    generated, real = torch.randn(300, 5), torch.randn(450, 5)
    oracle = KernelDensity(bandwidth=0.4).fit(generated.numpy()).score_samples(real.numpy()).mean()
    assert value(generated=generated, real=real, sigma=0.4) == pytest.approx(oracle, rel=1e-5)


def test_the_scale_is_the_best_on_held_out_images():
    generated, real = torch.randn(500, 1), torch.randn(500, 1)
    scales = torch.tensor([0.001, 0.3, 30.0])
    assert parzen_scale(generated=generated, real=real, scales=scales) == pytest.approx(0.3)


def test_samples_of_another_size_are_refused():
    with pytest.raises(UserError, match="must be"):
        value(generated=torch.zeros(2, 3), real=torch.zeros(2, 2), sigma=1.0)
