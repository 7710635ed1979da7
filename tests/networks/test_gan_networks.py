import math
from functools import partial

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.networks.attention import SelfAttention
from genarium.networks.conditional import ConditionalDiscriminator, ConditionalGenerator
from genarium.networks.conv import ConvDecoder, ConvEncoder
from genarium.networks.coupled import CoupledDiscriminator, CoupledGenerator
from genarium.networks.discriminators import FeatureTrunk, ProjectionDiscriminator
from genarium.networks.energy import EnergyDiscriminator
from genarium.networks.equalized import EqualizedConv, EqualizedLinear, PixelNorm
from genarium.networks.heads import Bounded, Logits, Unbounded
from genarium.networks.initialization import initialize_as_dcgan, torch_default
from genarium.networks.laplacian import DetailGenerator, LaplacianGenerator, collapse, details, pyramid, sides
from genarium.networks.minibatch import MinibatchDiscrimination, MinibatchStdDev
from genarium.networks.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from genarium.networks.replay_buffer import ReplayBuffer
from genarium.networks.resnet import Residual, ResnetDecoder, ResnetEncoder
from genarium.networks.spectral_norm import with_spectral_norm
from genarium.training.ema import EMA

UP = lambda c_in, c_out, bias: nn.ConvTranspose2d(c_in, c_out, 4, stride=2, padding=1, bias=bias)
DOWN = {"channels": 3, "resolution": 16, "width": 4, "norm": nn.BatchNorm2d, "activation": nn.ReLU}
UPWARD = DOWN | {"in_dim": 5, "upsample": UP}
LAYERS = {"norm": nn.BatchNorm2d, "activation": nn.ReLU}
DCGAN = {"init": initialize_as_dcgan}
X = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
weights = lambda network: [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
norm = lambda layer: torch.linalg.matrix_norm(layer.weight.flatten(1), ord=2).item()


def trunk(feature_dim: int) -> FeatureTrunk:
    return FeatureTrunk(ConvEncoder(out_dim=feature_dim, **DOWN), nn.ReLU, **DCGAN)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_the_spectral_norm_of_every_layer_is_one_and_stays_so_while_it_trains():
    network = with_spectral_norm(ResnetEncoder(3, 16, 4, 1, 1, nn.Identity, nn.ReLU))  # its residual blocks start at 0
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


def test_attention_starts_as_the_identity_and_then_reads_from_everywhere():
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
def test_attention_goes_behind_the_last_block_with_the_largest_maps_that_fit(
    kind, channels, resolution, blocks, size, behind
):
    shapes, network = [], kind(channels, resolution, 4, blocks, 8, nn.Identity, nn.ReLU, attention_size=size)
    for part in network.modules():
        if isinstance(part, SelfAttention | Residual):
            part.register_forward_hook(lambda part, _, out: shapes.append((type(part), out.shape[-1])))
    network(torch.randn(2, 8) if kind is ResnetDecoder else torch.randn(2, channels, resolution, resolution))
    (place,) = [place for place, (kind, _) in enumerate(shapes) if kind is SelfAttention]
    assert [side for kind, side in shapes if kind is Residual] == [
        side for side in network.sides for _ in range(blocks)
    ]
    assert shapes[place - 1] == (Residual, behind) and (Residual, behind) not in shapes[place:]


def test_attention_is_refused_where_there_is_no_place_for_it():
    with pytest.raises(UserError, match="at most 7 px to attend to: choose at least 8"):
        ResnetEncoder(3, 16, 4, 1, 1, nn.Identity, nn.ReLU, attention_size=7)


def test_minibatch_discrimination_says_what_share_of_the_others_is_the_same():
    layer = MinibatchDiscrimination(4, kernels=3, kernel_dim=2)
    same, far = torch.ones(5, 4), 1e4 * torch.randn(5, 4)
    assert torch.equal(layer(same)[:, :4], same)
    assert torch.allclose(layer(same)[:, 4:], torch.ones(5, 3))
    assert torch.allclose(layer(far)[:, 4:], torch.zeros(5, 3))
    some = torch.randn(5, 4)
    assert torch.allclose(layer(some.repeat(9, 1))[:5, 4:] * 44, layer(some)[:, 4:] * 4 * 9 + 8, rtol=1e-4)
    assert torch.equal(layer(some[:1])[:, 4:], torch.zeros(1, 3))  # nobody else


def test_minibatch_deviation_is_zero_in_a_collapsed_group_and_known_otherwise():
    x = torch.zeros(8, 2, 2, 2)
    x[4:6], x[6:] = 1.0, -1.0
    channel = MinibatchStdDev(4)(x)[:, 2]
    assert torch.allclose(channel[:4], torch.full((4, 2, 2), 1e-4)) and torch.allclose(channel[4:], torch.ones(4, 2, 2))
    assert MinibatchStdDev(4)(x[:6])[0, 2, 0, 0].item() == pytest.approx(x[:6].var(0, correction=0)[0, 0, 0].sqrt())


def test_deviation_discriminator_tells_a_collapsed_batch_from_a_varied_one():
    encoder = ConvEncoder(out_dim=1, **DOWN | {"norm": nn.Identity}, stddev=MinibatchStdDev(4))
    network = Logits(encoder, initialize_as_dcgan).eval()
    assert not torch.allclose(network(X)[0], network(X[:1].repeat(8, 1, 1, 1))[0], atol=1e-5)


@pytest.mark.parametrize("size", [(32, 2), (64, 3)])
def test_the_laplacian_pyramid_inverts_exactly(size):
    resolution, levels = size
    x = torch.rand(2, 3, resolution, resolution) * 2 - 1
    sizes = pyramid(x, levels)
    assert [size.shape[-1] for size in sizes] == sides(resolution, levels)
    assert torch.allclose(collapse(details(sizes)), x, atol=1e-6)
    assert not torch.allclose(collapse([*details(sizes)[:-1], torch.zeros_like(x)]), x, atol=1e-2)


def test_laplacian_levels_grow_from_the_real_image_or_from_their_own():
    detail = partial(DetailGenerator, 3, 4, **LAYERS, **DCGAN)
    settings = {"resolution": 16, "latent_dim": 5, "levels": 1}
    network = LaplacianGenerator(partial(ConvDecoder, **UPWARD), detail, **settings, **DCGAN).eval()
    z, sizes = torch.randn(2, network.latent_dim), network.sizes(X[:2])
    assert network.latent_dim == 5 + 16**2
    alone, given = network(z), network(z, sizes)
    assert [image.shape[-1] for image in alone] == [8, 16]
    assert torch.equal(alone[0], given[0]) and torch.equal(network(z, alone)[1], alone[1])
    assert not torch.allclose(alone[1], given[1])
    with pytest.raises(UserError, match="resolution=64"):
        sides(32, 3)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_progressive_networks_are_continuous_in_their_stage(level):
    generator = ProgressiveGenerator(3, 32, width=4, max_width=8, latent_dim=6)
    discriminator = ProgressiveDiscriminator(3, 32, width=4, max_width=8, group=4)
    full = lambda x: nn.functional.interpolate(x, size=32, mode="nearest")
    z, seen = torch.randn(4, 6), lambda x, stage: nn.functional.adaptive_avg_pool2d(x, 4 * 2 ** math.ceil(stage))
    x = full(torch.randn(4, 3, 4, 4)) + 0.1 * torch.randn(4, 3, 32, 32)
    images = [full(generator(z, level + shift)) for shift in (0.0, 1e-4, 0.9999, 1.0)]
    logits = [discriminator(seen(x, level + shift), level + shift) for shift in (0.0, 1e-4, 0.9999, 1.0)]
    for values in (images, logits):
        assert torch.allclose(values[0], values[1], atol=5e-3) and torch.allclose(values[2], values[3], atol=5e-3)
        assert not torch.allclose(values[0], values[3], atol=1e-2)


def test_progressive_networks_use_open_levels_only():
    generator = ProgressiveGenerator(3, 32, width=4, max_width=8, latent_dim=6)
    generator(torch.randn(2, 6), 1.0).sum().backward()
    used = [any(weight.grad is not None for weight in block.parameters()) for block in generator.blocks]
    assert used == [True, True, False, False]


def test_equalized_layers_and_pixel_norm_keep_the_scale():
    x = torch.randn(4, 64, 8, 8)
    assert EqualizedConv(64, 64, 3, gain=1.0)(x)[:, :, 1:-1, 1:-1].std().item() == pytest.approx(1, abs=0.1)
    assert EqualizedLinear(64, 256, gain=1.0)(x[:, :, 0, 0]).std().item() == pytest.approx(1, abs=0.2)
    assert torch.allclose(PixelNorm()(9 * x).square().mean(1), torch.ones(4, 8, 8), atol=1e-4)


def test_coupled_networks_share_all_but_their_ends():
    shared = ConvDecoder(**UPWARD | {"channels": 4})
    generator = CoupledGenerator(shared, channels=3, width=4, **LAYERS, **DCGAN).eval()
    settings = {"channels": 3, "resolution": 16, "width": 4, "activation": nn.ReLU}
    discriminator = CoupledDiscriminator(partial(ConvEncoder, out_dim=1, **LAYERS), **settings, **DCGAN).eval()
    pairs = generator(torch.randn(4, 5))
    assert pairs.shape == (8, 3, 16, 16) and discriminator(pairs).shape == (8,)
    a, b = pairs.chunk(2)
    assert not torch.allclose(a, b)
    generator.own[1].load_state_dict(generator.own[0].state_dict())
    a, b = generator(torch.randn(4, 5)).chunk(2)
    assert torch.equal(a, b)


def test_labels_change_what_labeled_networks_make_and_see():
    zero, one, z = torch.zeros(8, dtype=torch.long), torch.ones(8, dtype=torch.long), torch.randn(8, 5)
    decoder = partial(ConvDecoder, **UPWARD)
    generator = ConditionalGenerator(decoder, latent_dim=5, classes=3, label_dim=4, **DCGAN).eval()
    assert not torch.allclose(generator(z, zero), generator(z, one), atol=1e-4)
    for critic in (
        ConditionalDiscriminator(partial(ConvEncoder, out_dim=1, **DOWN), 3, 16, classes=3, **DCGAN),
        ProjectionDiscriminator(trunk(4), feature_dim=4, classes=3),
    ):
        assert not torch.equal(critic.eval()(X, zero), critic(X, one))


def test_energy_is_the_mean_error_of_the_reconstruction_and_its_slope_goes_through_both_sides():
    network = EnergyDiscriminator(ConvEncoder(out_dim=5, **DOWN), ConvDecoder(**UPWARD), power=2).eval()
    x = X.clone().requires_grad_()
    energy, code = network(x)
    reconstruction = network.decoder(network.encoder(x))
    assert torch.allclose(energy, (x - reconstruction).square().mean((1, 2, 3))) and code.shape == (8, 5)
    (whole,) = torch.autograd.grad(energy.sum(), x)
    one_sided = 2 * (x - reconstruction).detach() / x[0].numel()
    assert not torch.allclose(whole, one_sided, atol=1e-7)


def test_without_tanh_the_generator_leaves_the_box():
    decoder, z = ConvDecoder(**UPWARD), torch.randn(4, 5)
    decoder[-1].bias.data.fill_(3.0)
    assert Unbounded(decoder)(z).max() > 1.5 and Bounded(decoder)(z).max() <= 1


def test_networks_start_as_torch_or_as_dcgan_initializes_them():
    layer = nn.Conv2d(64, 64, 4)
    drawn = layer.weight.clone()
    torch_default(layer)
    assert torch.equal(layer.weight, drawn)
    network = nn.Sequential(layer, nn.BatchNorm2d(1000))
    initialize_as_dcgan(network)
    assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05) and not layer.bias.any()
    scale = network[1].weight
    assert scale.mean().item() == pytest.approx(1, abs=0.01) and scale.std().item() == pytest.approx(0.02, rel=0.2)


def test_replay_returns_detached_past_images_and_resumes_exactly():
    torch.manual_seed(0)
    memory, resumed = ReplayBuffer(slots=3), ReplayBuffer(slots=3)
    rounds = [torch.full((50, 1, 2, 2), float(i), requires_grad=True) for i in range(8)]
    met = [memory(fake) for fake in rounds[:5]]
    assert all(torch.equal(seen, fake) for seen, fake in zip(met[:3], rounds, strict=False))  # it fills first
    assert not any(seen.requires_grad for seen in met)
    values = met[4].flatten(1)[:, 0]
    assert (values == 4).float().mean().item() == pytest.approx(0.5, abs=0.2) and set(values.tolist()) == {
        0,
        1,
        2,
        3,
        4,
    }
    resumed.load_state_dict(memory.state_dict())
    state = torch.get_rng_state()
    expected = [memory(fake) for fake in rounds[5:]]
    torch.set_rng_state(state)
    assert all(torch.equal(resumed(fake), seen) for fake, seen in zip(rounds[5:], expected, strict=True))


def test_a_projection_discriminator_first_hears_its_head_and_not_the_label():
    """Miyato & Koyama's label term is one dot product of as many features as the head's: at the start neither swamps
    the other, and the vectors are of the scale that DCGAN gives weights."""
    critic = ProjectionDiscriminator(trunk(128), feature_dim=128, classes=10)
    images, labels = X.repeat(10, 1, 1, 1), torch.arange(10).repeat_interleave(len(X))
    with torch.no_grad():
        head = critic.head(critic.features(images)).flatten()
        label = critic(images, labels) - head
    assert label.std() < head.std() + head.mean().abs()
    assert critic.embedding.weight.std().item() == pytest.approx(0.02, rel=0.1)


def test_a_memory_goes_on_with_batches_of_another_size():
    """As a run that is resumed with another data.batch_size: what was remembered is met again."""
    numbered = lambda start, count: torch.arange(start, start + count).float().view(-1, 1, 1, 1)
    memory, resumed = ReplayBuffer(slots=2), ReplayBuffer(slots=2)
    for batch in (numbered(0, 4), numbered(4, 4)):
        memory(batch)
    for count, kept in ((4, 8), (3, 6), (8, 8), (9, 0)):
        resumed.set_extra_state(memory.get_extra_state())
        given = resumed(numbered(100, count)).flatten()
        left = torch.cat([given, resumed.images.flatten()])
        assert given.shape == (count,) and (left < 100).sum() == kept


def test_closeness_is_the_same_under_bfloat16():
    torch.manual_seed(0)
    layer, features = MinibatchDiscrimination(16, kernels=3, kernel_dim=5), 20 + torch.randn(6, 16)
    expected = layer(features)[:, 16:]
    assert expected.min() > 1e-3 and expected.max() < 1
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(layer(features)[:, 16:], expected)
