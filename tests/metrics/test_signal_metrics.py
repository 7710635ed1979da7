"""Errors of signals against scikit-learn's R² and SciPy's periodogram."""

import numpy as np
import pytest
import torch
from scipy.signal import periodogram
from sklearn.metrics import r2_score

from genarium.metrics.signals import nmse, spectrum_error


@pytest.fixture
def pair():
    torch.manual_seed(0)
    x = torch.randn(5, 2, 1, 24) + torch.tensor([3.0, -1.0]).view(2, 1, 1)
    return x, x + 0.3 * torch.randn_like(x)


def test_nmse_is_one_minus_r_squared_of_each_trial(pair):
    x, y = (part[:, :1] for part in pair)
    expected = [1 - r2_score(a.flatten(), b.flatten()) for a, b in zip(x, y, strict=True)]
    assert nmse(reconstruction=y, original=x).tolist() == pytest.approx(expected, rel=1e-5)


def test_nmse_of_channels_is_that_of_their_sums_of_squares(pair):
    x, y = (part.double().numpy()[:, :, 0] for part in pair)
    expected = ((x - y) ** 2).sum((1, 2)) / (x.var(2).sum(1) * x.shape[2])
    assert nmse(reconstruction=pair[1], original=pair[0]).numpy() == pytest.approx(expected, rel=1e-5)


def test_a_trials_own_mean_has_an_nmse_of_one_and_a_constant_trial_has_none(pair):
    x = pair[0]
    assert nmse(reconstruction=x.mean(-1, keepdim=True).expand_as(x), original=x).tolist() == pytest.approx([1] * 5)
    assert not nmse(reconstruction=torch.zeros(1, 1, 1, 8), original=torch.ones(1, 1, 1, 8)).isfinite().any()


def test_the_spectrum_error_is_that_of_scipys_periodograms(pair):
    power = [periodogram(part.double().numpy()[:, :, 0], return_onesided=False)[1][..., 1:] for part in pair]
    x, y = map(np.sqrt, power)
    expected = ((x - y) ** 2).sum((1, 2)) / (x**2).sum((1, 2))
    assert spectrum_error(reconstruction=pair[1], original=pair[0]).numpy() == pytest.approx(expected, rel=1e-5)


def test_the_spectrum_error_forgives_a_delay_and_never_exceeds_the_nmse(pair):
    x, y = pair
    assert spectrum_error(reconstruction=x.roll(5, -1), original=x).max() < 1e-9
    assert nmse(reconstruction=x.roll(5, -1), original=x).min() > 0.5
    assert (spectrum_error(reconstruction=y, original=x) < nmse(reconstruction=y, original=x)).all()
