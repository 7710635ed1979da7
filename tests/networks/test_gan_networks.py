"""Networks of the GANs: pyramids, pairs of domains, labels, energies."""

import math
from functools import partial

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.networks.conditional import ConditionalDiscriminator, ConditionalGenerator
from genarium.networks.conv import ConvDecoder, ConvEncoder
from genarium.networks.coupled import CoupledDiscriminator, CoupledGenerator
from genarium.networks.discriminators import FeatureTrunk, ProjectionDiscriminator
from genarium.networks.energy import EnergyDiscriminator
from genarium.networks.heads import Bounded, Unbounded
from genarium.networks.initialization import initialize_as_dcgan
from genarium.networks.laplacian import DetailGenerator, LaplacianGenerator, collapse, details, pyramid, sides
from genarium.networks.progressive import ProgressiveDiscriminator, ProgressiveGenerator

UP = lambda c_in, c_out, bias, flat: nn.ConvTranspose2d(c_in, c_out, 4, stride=2, padding=1, bias=bias)
DOWN = {"channels": 3, "resolution": 16, "width": 4, "norm": nn.BatchNorm2d, "activation": nn.ReLU}
UPWARD = DOWN | {"in_dim": 5, "upsample": UP}
LAYERS = {"norm": nn.BatchNorm2d, "activation": nn.ReLU}
DCGAN = {"init": initialize_as_dcgan}
X = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1


def trunk(feature_dim: int) -> FeatureTrunk:
    return FeatureTrunk(ConvEncoder(out_dim=feature_dim, **DOWN), nn.ReLU, **DCGAN)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("size", [(32, 2), (64, 3)])
def test_the_laplacian_pyramid_inverts_exactly(size):
    resolution, levels = size
    x = torch.rand(2, 3, resolution, resolution) * 2 - 1
    sizes = pyramid(x, levels)
    assert [size.shape[-1] for size in sizes] == sides(resolution, levels)
    assert torch.allclose(collapse(details(sizes)), x, atol=1e-6)
    assert not torch.allclose(collapse([*details(sizes)[:-1], torch.zeros_like(x)]), x, atol=1e-2)


def test_laplacian_levels_refine_the_real_coarse_image_or_the_generated_one():
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


def test_labels_change_the_outputs_of_conditional_networks():
    zero, one, z = torch.zeros(8, dtype=torch.long), torch.ones(8, dtype=torch.long), torch.randn(8, 5)
    decoder = partial(ConvDecoder, **UPWARD)
    generator = ConditionalGenerator(decoder, latent_dim=5, classes=3, label_dim=4, **DCGAN).eval()
    assert not torch.allclose(generator(z, zero), generator(z, one), atol=1e-4)
    for critic in (
        ConditionalDiscriminator(partial(ConvEncoder, out_dim=1, **DOWN), 3, 16, classes=3, **DCGAN),
        ProjectionDiscriminator(trunk(4), feature_dim=4, classes=3),
    ):
        assert not torch.equal(critic.eval()(X, zero), critic(X, one))


def test_energy_is_the_mean_reconstruction_error_and_its_gradient_goes_through_both_sides():
    network = EnergyDiscriminator(ConvEncoder(out_dim=5, **DOWN), ConvDecoder(**UPWARD), power=2).eval()
    x = X.clone().requires_grad_()
    energy, code = network(x)
    reconstruction = network.decoder(network.encoder(x))
    assert torch.allclose(energy, (x - reconstruction).square().mean((1, 2, 3))) and code.shape == (8, 5)
    (whole,) = torch.autograd.grad(energy.sum(), x)
    one_sided = 2 * (x - reconstruction).detach() / x[0].numel()
    assert not torch.allclose(whole, one_sided, atol=1e-7)


def test_without_tanh_the_generator_leaves_the_range():
    decoder, z = ConvDecoder(**UPWARD), torch.randn(4, 5)
    decoder[-1].bias.data.fill_(3.0)
    assert Unbounded(decoder)(z).max() > 1.5 and Bounded(decoder)(z).max() <= 1


def test_a_projection_discriminators_label_term_starts_no_larger_than_its_head():
    """Miyato & Koyama's label term is one dot product of as many features as the head's: at the start neither swamps
    the other, and the vectors are of the scale that DCGAN gives weights."""
    critic = ProjectionDiscriminator(trunk(128), feature_dim=128, classes=10)
    images, labels = X.repeat(10, 1, 1, 1), torch.arange(10).repeat_interleave(len(X))
    with torch.no_grad():
        head = critic.head(critic.features(images)).flatten()
        label = critic(images, labels) - head
    assert label.std() < head.std() + head.mean().abs()
    assert critic.embedding.weight.std().item() == pytest.approx(0.02, rel=0.1)
