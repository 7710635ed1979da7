"""Layers of the GANs' networks: normalization, attention, minibatch statistics, initialization."""

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.networks.attention import SelfAttention
from genarium.networks.conv import ConvEncoder
from genarium.networks.equalized import EqualizedConv, EqualizedLinear, PixelNorm
from genarium.networks.heads import Logits
from genarium.networks.initialization import initialize_as_dcgan, torch_default
from genarium.networks.minibatch import MinibatchDiscrimination, MinibatchStdDev
from genarium.networks.resnet import Pyramid, Residual, ResnetDecoder, ResnetEncoder
from genarium.networks.spectral_norm import with_spectral_norm
from genarium.training.ema import EMA

DOWN = {"channels": 3, "resolution": 16, "width": 4, "norm": nn.BatchNorm2d, "activation": nn.ReLU}
X = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
weights = lambda network: [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
norm = lambda layer: torch.linalg.matrix_norm(layer.weight.flatten(1), ord=2).item()


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_the_spectral_norm_of_every_layer_is_one_and_stays_so_while_it_trains():
    layers = {"width": 4, "norm": nn.Identity, "activation": nn.ReLU, "blocks": 1}
    network = with_spectral_norm(ResnetEncoder(3, 1, resolution=16, **layers))  # its residual blocks start at 0
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(20):
        # one power iteration a step lags behind Adam: by 0.076 at most over 12 seeds
        assert all(norm(layer) == pytest.approx(1, abs=0.1) for layer in weights(network))
        optimizer.zero_grad()
        network(X).square().mean().backward()
        optimizer.step()
    assert len(weights(network)) == 8


def test_transposed_convolutions_are_normalized_over_their_outputs():
    layer = with_spectral_norm(nn.ConvTranspose2d(3, 5, 4))
    assert torch.linalg.matrix_norm(layer.weight.transpose(0, 1).flatten(1), ord=2).item() == pytest.approx(1, abs=0.01)


def test_an_averaged_network_is_normalized_too_and_evaluation_changes_nothing():
    layer = with_spectral_norm(nn.Linear(6, 4))
    original, u = layer.parametrizations.weight.original, layer.parametrizations.weight[0].u
    original.data.copy_(torch.diag(torch.tensor([9.0, 1, 1, 1])) @ original)
    for _ in range(20):
        assert layer.weight is not None  # a power iteration
    average = EMA(layer, half_life=1)
    u.zero_()  # the average of two directions is shorter than either
    average.update(1, 100)
    average.swap()
    layer.eval()
    shorter = u.clone()
    assert 0.1 < shorter.norm() < 0.9 and norm(layer) == pytest.approx(1, abs=0.01)
    assert torch.equal(shorter, u)


def test_attention_starts_as_the_identity_and_then_attends_to_all_positions():
    layer, x = SelfAttention(16), torch.randn(2, 16, 8, 8, requires_grad=True)
    assert torch.equal(layer(x), x)
    layer.gain.data.fill_(1.0)
    layer(x)[0, :, 0, 0].sum().backward()
    assert (x.grad[0].abs().sum(0)[4:, 4:] > 0).any() and not x.grad[1].any()


@pytest.mark.parametrize(
    ("kind", "channels", "resolution", "blocks", "size", "behind"),
    [
        (ResnetEncoder, 3, 64, 1, 32, 32),
        (ResnetEncoder, 3, 28, 2, 32, 28),
        (ResnetDecoder, 3, 64, 2, 16, 16),
        (ResnetDecoder, 1, 28, 1, 16, 14),
    ],
)
def test_attention_follows_the_last_block_with_the_largest_maps_that_fit(
    kind, channels, resolution, blocks, size, behind
):
    layers = {"width": 4, "norm": nn.Identity, "activation": nn.ReLU, "blocks": blocks, "attention_size": size}
    shapes, network = [], kind(channels, 8, resolution=resolution, **layers)
    for part in network.modules():
        if isinstance(part, SelfAttention | Residual):
            part.register_forward_hook(lambda part, _, out: shapes.append((type(part), out.shape[-1])))
    network(torch.randn(2, 8) if kind is ResnetDecoder else torch.randn(2, channels, resolution, resolution))
    (place,) = [place for place, (kind, _) in enumerate(shapes) if kind is SelfAttention]
    assert [side for kind, side in shapes if kind is Residual] == [
        side for side in network.sides for _ in range(blocks)
    ]
    assert shapes[place - 1] == (Residual, behind) and (Residual, behind) not in shapes[place:]


def test_attention_is_refused_where_no_maps_are_small_enough():
    with pytest.raises(UserError, match="at most 7 px to attend to: choose at least 8"):
        Pyramid(16, 4, 1, nn.Identity, nn.ReLU, 7).attend([[], []], [16, 8], [4, 8, 16])


def test_minibatch_discrimination_is_the_fraction_of_the_others_that_are_equal():
    layer = MinibatchDiscrimination(4, kernels=3, kernel_dim=2)
    same, far = torch.ones(5, 4), 1e4 * torch.randn(5, 4)
    assert torch.equal(layer(same)[:, :4], same)
    assert torch.allclose(layer(same)[:, 4:], torch.ones(5, 3))
    assert torch.allclose(layer(far)[:, 4:], torch.zeros(5, 3))
    some = torch.randn(5, 4)
    assert torch.allclose(layer(some.repeat(9, 1))[:5, 4:] * 44, layer(some)[:, 4:] * 4 * 9 + 8, rtol=1e-4)
    assert torch.equal(layer(some[:1])[:, 4:], torch.zeros(1, 3))  # nobody else


def test_minibatch_stddev_is_zero_in_a_collapsed_group_and_known_otherwise():
    x = torch.zeros(8, 2, 2, 2)
    x[4:6], x[6:] = 1.0, -1.0
    channel = MinibatchStdDev(4)(x)[:, 2]
    assert torch.allclose(channel[:4], torch.full((4, 2, 2), 1e-4)) and torch.allclose(channel[4:], torch.ones(4, 2, 2))
    assert MinibatchStdDev(4)(x[:6])[0, 2, 0, 0].item() == pytest.approx(x[:6].var(0, correction=0)[0, 0, 0].sqrt())


def test_minibatch_stddev_distinguishes_a_collapsed_batch_from_a_varied_one():
    encoder = ConvEncoder(out_dim=1, **DOWN | {"norm": nn.Identity}, stddev=MinibatchStdDev(4))
    network = Logits(encoder, initialize_as_dcgan).eval()
    assert not torch.allclose(network(X)[0], network(X[:1].repeat(8, 1, 1, 1))[0], atol=1e-5)


def test_equalized_layers_and_pixel_norm_keep_the_scale():
    x = torch.randn(4, 64, 8, 8)
    assert EqualizedConv(64, 64, 3, gain=1.0)(x)[:, :, 1:-1, 1:-1].std().item() == pytest.approx(1, abs=0.1)
    assert EqualizedLinear(64, 256, gain=1.0)(x[:, :, 0, 0]).std().item() == pytest.approx(1, abs=0.2)
    assert torch.allclose(PixelNorm()(9 * x).square().mean(1), torch.ones(4, 8, 8), atol=1e-4)


def test_initialization_is_that_of_torch_or_of_dcgan():
    layer = nn.Conv2d(64, 64, 4)
    drawn = layer.weight.clone()
    torch_default(layer)
    assert torch.equal(layer.weight, drawn)
    network = nn.Sequential(layer, nn.BatchNorm2d(1000))
    initialize_as_dcgan(network)
    assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05) and not layer.bias.any()
    scale = network[1].weight
    assert scale.mean().item() == pytest.approx(1, abs=0.01) and scale.std().item() == pytest.approx(0.02, rel=0.2)


def test_closeness_is_the_same_under_bfloat16():
    torch.manual_seed(0)
    layer, features = MinibatchDiscrimination(16, kernels=3, kernel_dim=5), 20 + torch.randn(6, 16)
    expected = layer(features)[:, 16:]
    assert expected.min() > 1e-3 and expected.max() < 1
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(layer(features)[:, 16:], expected)
