"""Signals are judged by their own errors, beside interpolations and ridge regression."""

import numpy as np
import pytest
import torch
from scipy.interpolate import CubicSpline
from sklearn.metrics import r2_score

from genarium.commands.run_images import of_files
from genarium.data.sources.user_folder import ImageFiles
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.extractors import TorchFidelityExtractor
from genarium.evaluation.pairs import Pairs
from genarium.evaluation.samplers import PriorSampler
from genarium.evaluation.signal_controls import signal_controls
from genarium.training.build import built
from genarium.transforms.corruption import decimate, downsample
from small import configured

ECG = ["data=ecg", "data.people=40", "data.trials=3", "data.resolution=32", "logger=none", "trainer=cpu"]
SETTINGS = {"translations": {"fit": 60, "noise": 0.02}}


def measured(model: str, measures: list[str], *words: str, **rules):
    """The numbers of an untrained model, whose methods `rules` replace, on signals."""
    config = configured(model, *words, data=ECG)
    data, made = built(config.data.module, "data.module"), built(config.model, "model")
    for name, rule in rules.items():
        setattr(made, name, rule)
    extractor = TorchFidelityExtractor("efficientnet-lite0", None) if "samples" in measures else None
    return Evaluation(extractor, PriorSampler(), measures, 40, "train", "val", 0, SETTINGS).measure(made, data)


def pairs(x: torch.Tensor, degradation) -> Pairs:
    return Pairs(degradation(x, 4), x)


@pytest.mark.parametrize("degradation", [downsample, decimate])
def test_straight_lines_are_interpolated_exactly_between_known_samples(degradation):
    x = torch.linspace(-0.8, 0.8, 32).view(1, 1, 1, 32)
    tried = pairs(x, degradation)
    assert tried.factor == 4
    for name in ("linear", "cubic"):
        made = dict(signal_controls(tried, tried))[name]()
        assert torch.allclose(made[..., 4:28], x[..., 4:28], atol=1e-6)


def test_cubic_interpolation_is_scipys_spline_through_the_kept_samples():
    torch.manual_seed(0)
    x = torch.randn(3, 2, 1, 32)
    tried = pairs(x, decimate)
    expected = CubicSpline(np.arange(0, 32, 4), x[..., ::4].double().numpy(), axis=-1)(np.arange(29))
    assert torch.allclose(dict(signal_controls(tried, tried))["cubic"]()[..., :29], torch.tensor(expected).float())


def test_ridge_finds_a_linear_map():
    torch.manual_seed(0)
    x = torch.randn(90, 1, 1, 8) @ torch.rand(8, 32) * 0.05
    train, tried = pairs(x[:60], downsample), pairs(x[60:], downsample)
    assert torch.allclose(dict(signal_controls(tried, train))["ridge"](), tried.targets, atol=0.02)


def test_a_mean_has_an_nmse_of_one_and_the_truth_one_of_zero():
    book = measured("ae", ["reconstructions"], reconstruct=lambda x: x.mean(-1, keepdim=True).expand_as(x))
    assert book.numbers["nmse/val"]["value"] == pytest.approx(1, rel=1e-3)
    assert book.numbers["spectrum_error/val"]["value"] == pytest.approx(1, rel=1e-3)
    assert set(book.numbers) == {"nmse/val", "spectrum_error/val"}
    book = measured("ae", ["reconstructions"], reconstruct=lambda x: x)
    assert book.numbers["nmse/val"]["value"] < 1e-5  # hardly anything is clamped


def test_a_super_sampler_stands_beside_its_controls():
    numbers = measured("sr_l1", ["translations"], "model.degradation.factor=4").numbers
    names = {f"{error}/val{control}" for error in ("nmse", "spectrum_error") for control in ("", *CONTROLS)}
    assert set(numbers) == names
    data = built(configured("sr_l1", data=ECG).data.module, "data.module")
    x = data.in_units(data.pictures(data.split_indices("val")).images)[:, 0, 0]
    held = x.unflatten(-1, (-1, 4)).mean(-1).repeat_interleave(4, -1)
    expected = np.mean([1 - r2_score(*trial) for trial in zip(x, held, strict=True)])
    assert numbers["nmse/val/copy"]["value"] == pytest.approx(expected, rel=1e-4)


CONTROLS = ("/copy", "/ridge", "/linear", "/cubic")


def test_samples_are_left_out_with_the_reason():
    book = measured("vae", ["samples", "reconstructions"])
    assert "signals have no features of an image network" in book.left_out["samples/train"]
    assert "nmse/val" in book.numbers


def test_a_folder_of_images_is_refused_for_a_run_on_signals(tmp_path):
    data = built(configured("ae", data=ECG).data.module, "data.module")
    with pytest.raises(UserError, match="was trained on signals, which no image is: leave in= out"):
        of_files(data, ImageFiles("pictures", tmp_path, ["a.png"]))
