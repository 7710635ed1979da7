"""Networks of signals, images of one row: the layers of images, along the row alone."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from test_autoencoder_networks import PAIRS
from torch import nn

from genarium.networks.conv import ConvEncoder, RowShuffle, halving, interpolated, pixel_shuffle, transposed
from genarium.networks.super_resolution import SRResNet
from genarium.networks.unet import UNet


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("pair", ["mlp", "recurrent", "conv", "bilinear"])
@pytest.mark.parametrize(("channels", "length"), [(1, 40), (3, 128)])
def test_pairs_take_signals_and_train_all_of_their_weights(pair, channels, length):
    shape = {"channels": channels, "resolution": length, "height": 1}
    encoder, decoder = PAIRS[pair][0](out_dim=5, **shape), PAIRS[pair][1](in_dim=5, **shape)
    x = torch.randn(2, channels, 1, length)
    again = decoder(encoder(x))
    assert again.shape == x.shape
    again.square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in encoder.parameters())


def test_flat_layers_are_the_convolutions_of_one_dimension():
    x = torch.randn(2, 3, 1, 16)
    down, up = halving(3, 4, True, flat=True), transposed(3, 4, True, flat=True)
    expected = F.conv1d(x[:, :, 0], down.weight[:, :, 0], down.bias, stride=2, padding=1)
    assert torch.allclose(down(x)[:, :, 0], expected, atol=1e-6)
    expected = F.conv_transpose1d(x[:, :, 0], up.weight[:, :, 0], up.bias, stride=2, padding=1)
    assert torch.allclose(up(x)[:, :, 0], expected, atol=1e-6)


def test_the_row_shuffle_is_pixel_shuffle_of_one_dimension():
    x = torch.arange(8.0).view(1, 4, 1, 2)
    assert RowShuffle()(x).tolist() == [[[[0, 2, 1, 3]], [[4, 6, 5, 7]]]]
    made = pixel_shuffle(3, 5, True, flat=True)(torch.rand(2, 3, 1, 8))
    assert made.shape == (2, 5, 1, 16) and torch.equal(made[..., ::2], made[..., 1::2])  # ICNR: as nearest


def test_a_signal_is_read_from_its_beginning_to_its_end():
    encoder = PAIRS["recurrent"][0](out_dim=2, channels=1, resolution=8, height=1).eval()
    seen: list[torch.Tensor] = []
    encoder.lstm.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    encoder(torch.arange(8.0).view(1, 1, 1, 8))
    assert seen[0].tolist() == [[[0, 1], [2, 3], [4, 5], [6, 7]]]


@pytest.mark.parametrize("factor", [2, 4])
def test_super_resolvers_and_u_nets_give_signals_of_the_length_that_they_are_given(factor):
    x = torch.randn(2, 2, 1, 40)
    shuffled = SRResNet(2, factor, 4, 2, pixel_shuffle, height=1)
    nearest = SRResNet(2, factor, 4, 2, partial(interpolated, mode="nearest"), height=1)
    unet = UNet(2, 2, 40, 4, nn.InstanceNorm2d, nn.LeakyReLU, nn.ReLU, transposed, height=1)
    assert all(network(x).shape == x.shape for network in (shuffled, nearest, unet))


def test_networks_of_squares_are_what_they_were_where_no_height_is_named():
    settings = {"channels": 1, "resolution": 16, "width": 4, "out_dim": 3}
    settings |= {"norm": nn.BatchNorm2d, "activation": nn.ReLU}
    torch.manual_seed(1)
    one = ConvEncoder(**settings).state_dict()
    torch.manual_seed(1)
    other = ConvEncoder(**settings, height=16).state_dict()
    assert all(torch.equal(other[key], value) for key, value in one.items())
