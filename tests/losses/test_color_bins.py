"""Colorization as classification: bins, their weights and the color that is shown."""

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import cross_entropy, one_hot

from genarium.losses.color_bins import (
    RebalancedCrossEntropy,
    annealed_mean,
    rebalancing_weights,
    smoothed,
    soft_bins,
)
from genarium.luma import chroma, luma, with_chroma
from genarium.pixels import to_bytes

SIDE = 5
COLORS = torch.rand(4, 3, 6, 6) * 2 - 1


def test_luma_and_chroma_are_those_of_jpeg():
    """Oracle: Pillow's conversion, in bytes."""
    image = to_bytes(COLORS)[0].permute(1, 2, 0).numpy()
    expected = torch.from_numpy(np.array(Image.fromarray(image).convert("YCbCr"))).permute(2, 0, 1)[None]
    made = to_bytes(torch.cat([luma(COLORS[:1]), chroma(COLORS[:1])], 1)).int()
    assert (made - expected.int()).abs().max() <= 1
    assert torch.allclose(with_chroma(luma(COLORS), chroma(COLORS)), COLORS, atol=1e-5)


def test_the_bins_around_a_color_have_it_as_their_mean():
    bins, share = soft_bins(chroma(COLORS), SIDE)
    centers = torch.cartesian_prod(*[torch.linspace(-1, 1, SIDE)] * 2)
    assert torch.allclose((centers[bins] * share[..., None]).sum(1).movedim(3, 1), chroma(COLORS), atol=1e-6)
    assert share.min() >= 0 and torch.allclose(share.sum(1), torch.ones(4, 6, 6))


def test_the_annealed_mean_goes_from_the_mean_to_the_likeliest_color():
    logits = torch.randn(2, SIDE**2, 3, 3)
    centers = torch.cartesian_prod(*[torch.linspace(-1, 1, SIDE)] * 2)
    expected = torch.einsum("bqhw,qc->bchw", logits.softmax(1), centers)
    assert torch.allclose(annealed_mean(logits, SIDE, 1.0), expected, atol=1e-6)
    likeliest = centers[logits.argmax(1)].movedim(3, 1)
    assert torch.allclose(annealed_mean(logits, SIDE, 1e-4), likeliest, atol=1e-4)


def test_without_rebalancing_the_loss_is_the_cross_entropy_of_soft_labels():
    logits = torch.randn(4, SIDE**2, 6, 6)
    bins, share = soft_bins(chroma(COLORS), SIDE)
    labels = (one_hot(bins, SIDE**2) * share[..., None]).sum(1).movedim(3, 1)
    expected = cross_entropy(logits, labels, reduction="none").mean((1, 2))
    loss = RebalancedCrossEntropy(SIDE, uniform=1.0, deviation=0.5, half_life=10)
    assert torch.allclose(loss(COLORS, logits), expected, atol=1e-5)


def test_rare_colors_weigh_more_and_the_mean_weight_is_one():
    """By hand: 1 / (0.45 + 0.25) and 1 / (0.05 + 0.25), over their mean 1.6190."""
    weights = rebalancing_weights(torch.tensor([0.9, 0.1]), 0.5)
    assert torch.allclose(weights, torch.tensor([0.8824, 2.0588]), atol=1e-4)


def test_smoothing_keeps_the_sum_and_spreads_a_bin_to_its_neighbors():
    spread = smoothed(one_hot(torch.tensor(12), SIDE**2).float(), 0.5).view(SIDE, SIDE)
    assert torch.allclose(spread.sum(), torch.tensor(1.0))
    assert spread.argmax() == 12 and torch.allclose(spread[2, 1] / spread[2, 2], torch.tensor(-2.0).exp())


def test_frequencies_are_a_running_mean_of_training_images_alone():
    loss = RebalancedCrossEntropy(SIDE, uniform=0.5, deviation=0.5, half_life=4)
    gray, logits = torch.zeros(4, 3, 2, 2), torch.zeros(4, SIDE**2, 2, 2)
    loss.eval()(gray, logits)
    assert torch.allclose(loss.frequencies, torch.full((25,), 0.04))
    loss.train()(gray, logits)
    assert torch.allclose(loss.frequencies[12], torch.tensor(0.52))
