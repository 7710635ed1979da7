"""Classical codecs on contact sheets."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.metrics.image_codecs import contact_sheet, cut, encoded, lossless_bits_per_pixel, rate_at, rate_curve
from genarium.pixels import to_bytes


@pytest.mark.parametrize("channels", [1, 3])
def test_a_contact_sheet_holds_every_image_and_is_cut_into_them_again(channels):
    x = to_bytes(torch.rand(7, channels, 8, 8) * 2 - 1).float() / 127.5 - 1
    sheet = contact_sheet(x)
    assert sheet.shape == (24, 24, channels) and np.array_equal(sheet[:8, 8:16], to_bytes(x)[1].permute(1, 2, 0))
    assert torch.equal(cut(sheet, x), x)
    png = Image.open(io.BytesIO(encoded(x, "png")))
    assert torch.equal(cut(np.array(png), x), x)


@pytest.mark.parametrize("codec", ["jpeg", "webp"])
def test_more_bits_are_better_images_and_noise_costs_more_than_a_plane(codec):
    noise = torch.rand(256, 1, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    curve = rate_curve(noise, codec)
    assert max(curve) == curve[-1] and curve[-1].psnr > curve[0].psnr + 3
    assert rate_at(curve, curve[4].psnr) == pytest.approx(curve[4].bits_per_pixel)
    assert rate_at(rate_curve(torch.zeros(256, 1, 16, 16), codec), 20) < 0.2 * curve[0].bits_per_pixel


def test_incompressible_pixels_take_eight_bits_a_channel():
    assert lossless_bits_per_pixel(torch.rand(64, 1, 16, 16) * 2 - 1, "png") == pytest.approx(8, rel=0.03)
