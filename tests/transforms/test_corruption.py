import pytest
import torch

from genarium.errors import UserError
from genarium.transforms.corruption import (
    block_mask,
    decimate,
    downsample,
    dropout,
    gaussian_noise,
    grayscale,
    none,
    pixel_mask,
    salt_and_pepper,
)


@pytest.fixture
def x() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.rand(64, 3, 16, 16) * 1.6 - 0.8


def test_clean_images_stay_as_they_are(x):
    assert torch.equal(none(x), x)


def test_gaussian_noise_has_the_scale_that_it_is_given_and_no_mean(x):
    noise = gaussian_noise(x, 0.3) - x
    assert abs(noise.std().item() - 0.3) < 0.01
    assert abs(noise.mean().item()) < 0.01


def test_missing_pixels_are_missing_in_every_channel_in_the_share_asked_for(x):
    masked = pixel_mask(x, 0.25, fill=-1.0)
    hole = masked == -1
    assert torch.equal(hole.all(1), hole.any(1))
    assert abs(hole.float().mean().item() - 0.25) < 0.02
    assert torch.equal(masked[~hole], x[~hole])


def test_a_missing_block_is_one_square_that_lies_anywhere_in_the_image(x):
    hole = block_mask(x, 0.25, fill=-1.0) == -1
    assert torch.equal(hole[:, 0].sum((1, 2)), torch.full((64,), 16))
    assert torch.equal(hole.all(1), hole.any(1))
    rows, columns = hole[:, 0].any(2), hole[:, 0].any(1)
    assert (rows.sum(1) == 4).all()
    assert (columns.sum(1) == 4).all()
    assert hole[:, 0].any(0)[0].any()
    assert hole[:, 0].any(0)[-1].any()


def test_salt_and_pepper_are_black_or_white_at_even_odds(x):
    hit = salt_and_pepper(x, 0.4).abs() == 1
    assert abs(hit.float().mean().item() - 0.4) < 0.02
    assert abs((salt_and_pepper(x, 0.4) == 1).float().mean().item() - 0.2) < 0.02


def test_dropout_keeps_the_mean(x):
    bright = x + 1
    dropped = dropout(bright, 0.5)
    assert abs(((dropped == 0).float().mean() - 0.5).item()) < 0.02
    assert torch.isclose(dropped.mean(), bright.mean(), rtol=0.05)


def test_grey_images_have_equal_channels_and_keep_greys(x):
    assert torch.equal(grayscale(x)[:, 0], grayscale(x)[:, 2])
    assert torch.allclose(grayscale(x[:, :1].expand_as(x)), x[:, :1].expand_as(x))
    assert torch.equal(grayscale(x[:, :1]), x[:, :1])


def test_low_resolution_keeps_means_of_blocks_and_nothing_else(x):
    low = downsample(x, 4)
    pool = torch.nn.functional.avg_pool2d
    assert torch.allclose(pool(low, 4), pool(x, 4), atol=1e-6)
    assert low[:, :, :4, :4].flatten(2).std(2).max() < 1e-6


@pytest.mark.parametrize(
    "wrong", [lambda x: pixel_mask(x, 1.5, 0), lambda x: block_mask(x, 0, 0), lambda x: downsample(x, 5)]
)
def test_a_share_that_is_none_is_refused(x, wrong):
    with pytest.raises(UserError):
        wrong(x)


def test_decimation_keeps_a_wave_as_a_slower_one_that_a_mean_would_suppress():
    wave = torch.sin(2 * torch.pi * torch.arange(64) * 15 / 64).view(1, 1, 1, 64)  # 15 periods, 16 samples are kept
    slow = torch.sin(-2 * torch.pi * torch.arange(0, 64, 4) / 64).repeat_interleave(4)
    assert torch.allclose(decimate(wave, 4).flatten(), slow, atol=1e-5)
    assert downsample(wave, 4).abs().max() < 0.2
    image = torch.arange(16.0).view(1, 1, 4, 4)
    assert decimate(image, 2)[0, 0].tolist() == [[0, 0, 2, 2]] * 2 + [[8, 8, 10, 10]] * 2
