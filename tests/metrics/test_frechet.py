"""The Fréchet distance: closed forms, torch-fidelity's number, and what it says when images are too few."""

import pytest
import torch
from torch_fidelity.metric_fid import KEY_METRIC_FID, fid_features_to_statistics, fid_statistics_to_metric

from genarium.errors import UserError
from genarium.metrics.frechet import (
    Statistics,
    frechet_distance,
    frechet_distance_of_features,
    merge,
    statistics,
)


def features(count: int, width: int = 16, seed: int = 0, shift: float = 0.0) -> torch.Tensor:
    """Correlated, skewed features, (count, width)."""
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(width, width, generator=torch.Generator().manual_seed(99)) / width**0.5
    return (0.3 * torch.randn(count, width, generator=generator) @ mixing).exp() + shift


def exactly(mean: torch.Tensor, covariance: torch.Tensor) -> Statistics:
    return Statistics(10_000, mean.double(), covariance.double() * 9_999)


def distance(generated: torch.Tensor, real: torch.Tensor) -> float:
    return frechet_distance(generated=statistics(generated), real=statistics(real))["frechet"]


def test_frechet_of_diagonal_gaussians_is_the_closed_form():
    a, b = torch.tensor([1.0, 4.0, 9.0]), torch.tensor([4.0, 4.0, 1.0])
    means = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 2.0, 0.0])
    found = frechet_distance(generated=exactly(means[0], a.diag()), real=exactly(means[1], b.diag()))
    assert found["frechet"] == pytest.approx(1 + 4 + ((a.sqrt() - b.sqrt()) ** 2).sum().item(), rel=1e-12)
    assert found.warnings == ()


def test_frechet_of_gaussians_that_do_not_commute_is_the_closed_form():
    # 2x2: tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)) for M with eigenvalues >= 0
    a, b = torch.tensor([[2.0, 1.0], [1.0, 3.0]]).double(), torch.tensor([[5.0, -2.0], [-2.0, 1.5]]).double()
    m = a @ b
    expected = (a.trace() + b.trace() - 2 * (m.trace() + 2 * m.det().sqrt()).sqrt()).item()
    zero = torch.zeros(2)
    assert frechet_distance(generated=exactly(zero, a), real=exactly(zero, b))["frechet"] == pytest.approx(expected)


@pytest.mark.parametrize("count", [12, 500], ids=["fewer_than_features", "more_than_features"])
def test_frechet_equals_torch_fidelity(count):
    generated, real = features(count, seed=1, shift=0.2), features(count, seed=2)
    theirs = fid_statistics_to_metric(*(fid_features_to_statistics(x.double()) for x in (generated, real)), False)
    assert distance(generated, real) == pytest.approx(theirs[KEY_METRIC_FID], rel=1e-6)
    of_features = frechet_distance_of_features(generated=generated, real=real)["frechet"]
    assert of_features == pytest.approx(theirs[KEY_METRIC_FID], rel=1e-6)


def test_reals_against_themselves_are_at_distance_zero_and_noise_is_far():
    real, other = features(600), features(600, seed=5)
    noise = torch.randn(600, 16, generator=torch.Generator().manual_seed(3)) * 5
    assert distance(real, real) == pytest.approx(0, abs=1e-6)
    assert 0 < distance(other, real) < 0.05 * distance(noise, real)


def test_statistics_do_not_depend_on_the_batch_size_and_merge_across_processes():
    x = features(333) + 1000  # a large common mean would cancel in sums of squares
    whole, parts = statistics(x), statistics(x, chunk=7)
    merged = merge(statistics(x[:100]), statistics(x[100:]))
    for other in (parts, merged):
        assert other.count == 333
        torch.testing.assert_close(other.mean, whole.mean, rtol=1e-12, atol=0)
        torch.testing.assert_close(other.scatter, whole.scatter, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(whole.covariance, torch.cov(x.double().T), rtol=1e-9, atol=1e-9)


def test_fewer_images_than_features_are_said():
    few, many = features(10), features(400)
    found = frechet_distance(generated=statistics(few), real=statistics(many))
    assert len(found.warnings) == 1 and "10 generated images in 16" in found.warnings[0]
    assert not frechet_distance(generated=statistics(many), real=statistics(many)).warnings


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (torch.full((5, 4), float("nan")), "NaN"),
        (torch.zeros(5, 4, dtype=torch.long), "int64"),
        (torch.zeros(5, 4, 2, 2), "shape"),
        (torch.zeros(1, 4), "1 generated images are too few"),
        (torch.zeros(5, 3), "different width"),
    ],
)
def test_features_that_cannot_be_measured_are_an_error(bad, said):
    with pytest.raises(UserError, match=said):
        frechet_distance_of_features(generated=bad, real=torch.zeros(5, 4))
