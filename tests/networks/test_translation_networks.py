"""Networks from images to images: what a patch sees, what is kept, at which sizes."""

import re
from functools import partial

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.luma import BLUE, GREEN, RED, with_chroma
from genarium.networks.conv import interpolated, pixel_shuffle, transposed
from genarium.networks.kept import KeepKnown, KeepLuma, Overlap
from genarium.networks.patch import PatchDiscriminator
from genarium.networks.resnet_translator import ResnetTranslator
from genarium.networks.super_resolution import SRResNet
from genarium.networks.unet import UNet

LEAKY = partial(nn.LeakyReLU, 0.2)
NEAREST = partial(interpolated, mode="nearest")


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def patch(resolution: int, layers: int, norm=nn.Identity) -> PatchDiscriminator:
    return PatchDiscriminator(3, resolution, 4, layers, norm, LEAKY)


def unet(resolution: int) -> UNet:
    return UNet(3, 3, resolution, 4, nn.InstanceNorm2d, LEAKY, nn.ReLU, transposed)


@pytest.mark.parametrize(("layers", "pixels"), [(0, 1), (1, 16), (2, 34), (3, 70), (4, 142)])
def test_a_patch_is_as_large_as_the_papers(layers, pixels):
    """The pixels that one logit's gradient reaches; the paper's table 3 has patches of 1, 16 and 70 px."""
    x = torch.rand(1, 3, 192, 192, requires_grad=True)
    logits = patch(192, layers)(x)
    logits[0, logits.shape[1] // 2, logits.shape[2] // 2].backward()
    reached = x.grad.abs().sum((0, 1)) > 0
    rows, columns = (reached.any(dim).nonzero().flatten() for dim in (1, 0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == (pixels, pixels)


@pytest.mark.parametrize("side", [14, 16, 28, 32, 48, 64])
def test_layers_that_leave_nothing_of_an_image_are_refused_with_the_most_that_leave_some(side):
    with pytest.raises(UserError, match=r"set model\.discriminator\.layers=\d or fewer") as told:
        patch(side, 7)
    most = int(re.search(r"layers=(\d)", str(told.value))[1])
    assert patch(side, most)(torch.rand(2, 3, side, side)).numel() >= 2
    with pytest.raises(UserError, match=f"layers={most} or fewer"):
        patch(side, most + 1)


def test_instance_normalization_keeps_no_statistics_and_mixes_no_images():
    for network in (
        patch(32, 2, nn.InstanceNorm2d),
        unet(32),
        ResnetTranslator(3, 3, 4, 2, nn.InstanceNorm2d, NEAREST),
    ):
        assert any(isinstance(layer, nn.InstanceNorm2d) for layer in network.modules())
        assert not list(network.buffers())
        x = torch.rand(3, 3, 32, 32)
        assert torch.allclose(network(x)[:1], network(x[:1]), atol=1e-5)
        assert torch.equal(network.train()(x), network.eval()(x))


@pytest.mark.parametrize("resolution", [28, 32, 64, 128])
def test_translators_give_images_of_the_size_that_they_are_given(resolution):
    x = torch.rand(2, 3, resolution, resolution)
    networks = [unet(resolution), ResnetTranslator(3, 3, 4, 2, nn.InstanceNorm2d, NEAREST)]
    networks += [SRResNet(3, factor, 4, 2, pixel_shuffle) for factor in (2, 4)]
    assert all(network(x).shape == x.shape for network in networks)


def test_a_residual_translator_takes_any_multiple_of_4_and_refuses_others():
    network = ResnetTranslator(3, 3, 4, 1, nn.InstanceNorm2d, NEAREST)
    assert network(torch.rand(1, 3, 20, 36)).shape == (1, 3, 20, 36)
    with pytest.raises(UserError, match="multiple of 4"):
        network(torch.rand(1, 3, 18, 20))


def test_a_u_net_joins_what_is_alike_in_size():
    """Without its innermost maps, what a pixel becomes still depends on what lies beside it: the skips carry it."""
    network, x = unet(32), torch.rand(1, 3, 32, 32, requires_grad=True)
    for parameter in network.down[-1].parameters():
        nn.init.zeros_(parameter)
    network(x)[0, :, 16, 16].sum().backward()
    assert x.grad.abs().sum() > 0


def test_pixel_shuffle_starts_as_nearest_upsampling():
    """ICNR: the four pixels of a block are alike at first, so that there is no checkerboard."""
    made = pixel_shuffle(3, 5, True)(torch.rand(2, 3, 8, 8))
    assert made.shape == (2, 5, 16, 16)
    assert torch.allclose(made, made[:, :, ::2, ::2].repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_a_super_resolver_reads_the_small_image_alone():
    """Pixels that the repeated source holds beside every factor-th one do not matter."""
    network, small = SRResNet(3, 4, 4, 2, pixel_shuffle), torch.rand(1, 3, 8, 8)
    source = small.repeat_interleave(4, 2).repeat_interleave(4, 3)
    other = source.clone()
    other[:, :, 1::4], other[:, :, 2::4], other[:, :, :, 3::4] = 0, 0, 0
    assert torch.equal(network(source), network(other))


def test_composites_keep_known_pixels_bit_for_bit():
    """In bfloat16 too."""
    image, missing = torch.rand(2, 3, 16, 16) * 2 - 1, torch.rand(2, 1, 16, 16) < 0.5
    source = torch.cat([image, torch.where(missing, 1.0, -1.0)], 1)
    network = KeepKnown(nn.Conv2d(4, 3, 3, padding=1))
    with torch.autocast("cpu", torch.bfloat16):
        made = network(source)
    known = ~missing.expand_as(image)
    assert torch.equal(made[known], image[known]) and not (made[~known] == image[~known]).any()


def test_a_context_encoder_draws_a_band_around_a_hole_while_it_trains_alone():
    image, missing = torch.rand(2, 3, 8, 8), torch.zeros(2, 1, 8, 8, dtype=torch.bool)
    missing[:, :, 2:6, 2:6] = True
    source = torch.cat([image, torch.where(missing, 1.0, -1.0)], 1)
    network = Overlap(nn.Conv2d(4, 3, 3, padding=1), width=1)
    drawn = (network(source) != image).all(1)
    assert drawn[:, 1:7, 1:7].all() and drawn.sum() == 2 * 36
    assert torch.equal((network.eval()(source) != image).all(1), missing[:, 0])


def test_luma_is_kept_whatever_the_chroma():
    network = KeepLuma(nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.Tanh()))
    nn.init.normal_(network.network[0].weight, 0.0, 3.0)
    gray = (torch.rand(4, 1, 16, 16) * 2 - 1).expand(-1, 3, -1, -1)
    made = network(gray)
    luma = RED * made[:, 0] + GREEN * made[:, 1] + BLUE * made[:, 2]
    assert torch.allclose(luma, gray[:, 0], atol=1e-5) and made.abs().max() <= 1 + 1e-5
    assert made.std(1).mean() > 0.1  # it is not gray


def test_chroma_is_that_of_pillow():
    """PIL's YCbCr, ITU-R BT.601 as JPEG has it, to a level of 8 bits."""
    from PIL import Image

    ycbcr = Image.new("YCbCr", (1, 1), (128, 150, 110))
    pixel = torch.tensor(ycbcr.convert("RGB").getpixel((0, 0)))
    y, cb, cr = 128 / 127.5 - 1, (150 - 128) / 127.5, (110 - 128) / 127.5
    made = with_chroma(torch.full((1, 1, 1, 1), y), torch.tensor([cb, cr]).view(1, 2, 1, 1)).flatten()
    assert ((made + 1) * 127.5 - pixel).abs().max() < 1.5
