"""Mode coverage, exact where the modes are known."""

import math

import pytest
import torch

from genarium.errors import UserError
from genarium.metrics.mode_coverage import mixture_modes, mode_coverage, mode_coverage_of_labels

CENTERS = torch.stack([torch.tensor([math.cos(a), math.sin(a)]) for a in torch.arange(8) * math.pi / 4]) * 2
SD = 0.05


def mixture(count: int, modes: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return CENTERS[torch.arange(count) % modes] + SD * torch.randn(count, 2, generator=generator)


def test_the_mixture_itself_covers_all_modes_evenly_with_the_chi_squares_share():
    found = mixture_modes(generated=mixture(8000, 8), centers=CENTERS, sd=SD, within=3)
    assert found["modes_covered"] == 8 and found["mode_coverage"] == 1
    assert found["high_quality_fraction"] == pytest.approx(1 - math.exp(-(3**2) / 2), abs=0.005)
    assert found["modes_kl"] == pytest.approx(0, abs=1e-3)
    assert found.warnings == ()


def test_two_of_eight_modes_are_a_quarter_and_log_four():
    found = mixture_modes(generated=mixture(1000, 2), centers=CENTERS, sd=SD, within=3)
    assert found["mode_coverage"] == 0.25
    assert found["modes_kl"] == pytest.approx(math.log(4), abs=0.01)


def test_samples_between_the_modes_cover_nothing():
    found = mixture_modes(generated=torch.zeros(100, 2), centers=CENTERS, sd=SD, within=3)
    assert found["high_quality_fraction"] == found["modes_covered"] == 0 and found["modes_kl"] == math.inf
    assert "no sample" in found.warnings[0]


def test_not_a_number_is_in_no_mode():
    samples = mixture(800, 8)
    samples[:400] = float("nan")
    assert mixture_modes(generated=samples, centers=CENTERS, sd=SD, within=5)["high_quality_fraction"] == 0.5


def test_modes_from_class_counts_are_closed_forms():
    assert mode_coverage(torch.full((10,), 50)).values == {"modes_covered": 10, "mode_coverage": 1, "modes_kl": 0}
    single = mode_coverage_of_labels(torch.full((500,), 3), modes=10)
    assert single["modes_covered"] == 1 and single["modes_kl"] == pytest.approx(math.log(10))


def test_too_few_samples_for_the_modes_are_said():
    assert "1,000 modes" in mode_coverage_of_labels(torch.arange(1000), modes=1000).warnings[0]
    with pytest.raises(UserError, match="do not fit"):
        mode_coverage_of_labels(torch.tensor([10]), modes=10)
