"""Networks of the autoencoders: every size, every number of channels."""

from functools import partial

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.networks.code_prior import RecurrentCodePrior
from genarium.networks.conv import ConvDecoder, ConvEncoder, interpolated, transposed
from genarium.networks.conv_grid import ConvGridDecoder, ConvGridEncoder
from genarium.networks.heads import FeatureDiscriminator
from genarium.networks.ladder import LadderDecoder, LadderEncoder
from genarium.networks.mlp import MLP, MLPDecoder, MLPEncoder
from genarium.networks.recurrent import RecurrentDecoder, RecurrentEncoder
from genarium.networks.resnet import ResnetDecoder, ResnetEncoder

LAYERS = {"width": 4, "norm": nn.BatchNorm2d, "activation": nn.ReLU}
DENSE = {"width": 8, "depth": 2, "activation": nn.ReLU}
LINES = {"width": 8, "layers": 2, "rows_per_step": 2}
PAIRS = {
    "mlp": (partial(MLPEncoder, **DENSE), partial(MLPDecoder, **DENSE)),
    "recurrent": (partial(RecurrentEncoder, **LINES, norm=nn.BatchNorm1d), partial(RecurrentDecoder, **LINES)),
    "conv": (partial(ConvEncoder, **LAYERS), partial(ConvDecoder, **LAYERS, upsample=transposed)),
    "bilinear": (
        partial(ConvEncoder, **LAYERS),
        partial(ConvDecoder, **LAYERS, upsample=partial(interpolated, mode="bilinear")),
    ),
    "resnet": (partial(ResnetEncoder, **LAYERS, blocks=2), partial(ResnetDecoder, **LAYERS, blocks=2)),
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("resolution", [28, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_pair_takes_every_size_and_trains_all_of_its_weights(pair, resolution, channels):
    shape = {"channels": channels, "resolution": resolution}
    encoder, decoder = PAIRS[pair][0](out_dim=5, **shape), PAIRS[pair][1](in_dim=5, **shape)
    x = torch.randn(2, channels, resolution, resolution)
    z = encoder(x)
    assert z.shape == (2, 5)
    assert decoder(z).shape == x.shape
    decoder(z).square().sum().backward()
    parameters = [*encoder.parameters(), *decoder.parameters()]
    assert all(p.grad is not None for p in parameters)


def test_depth_zero_is_one_affine_map():
    assert [type(layer) for layer in MLP(3, 8, 0, 2, nn.ReLU)] == [nn.Linear]
    assert [type(layer) for layer in MLP(3, 8, 1, 2, nn.ReLU)] == [nn.Linear, nn.ReLU, nn.Linear]


def test_the_recurrent_encoder_reads_rows_from_top_to_bottom():
    torch.manual_seed(0)
    encoder = RecurrentEncoder(
        channels=3, resolution=8, width=16, layers=1, rows_per_step=1, out_dim=4, norm=nn.LayerNorm
    )
    assert encoder.steps == 8
    seen = []
    encoder.lstm.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))
    x = torch.randn(2, 3, 8, 8)
    encoder(x)
    assert torch.equal(seen[0][:, 5], x[:, :, 5].flatten(1))


def test_the_recurrent_decoder_writes_rows_from_top_to_bottom():
    decoder = RecurrentDecoder(channels=3, resolution=8, width=16, layers=1, rows_per_step=2, in_dim=4)
    first = nn.Parameter(torch.randn(1, 4))
    image = decoder(first)
    assert image.shape == (1, 3, 8, 8)
    states = decoder.lstm(first[:, None].expand(-1, 4, -1))[0]
    lines = decoder.out(states)[0, 1].view(2, 3, 8)  # rows 2 and 3
    assert torch.allclose(image[0, :, 2:4].transpose(0, 1), lines, atol=1e-6)


def test_rows_that_do_not_fill_the_image_are_refused():
    with pytest.raises(UserError, match="28 rows cannot be read 5 at a time"):
        RecurrentEncoder(channels=1, resolution=28, width=4, layers=1, rows_per_step=5, out_dim=2, norm=nn.LayerNorm)


def test_a_residual_network_starts_as_its_shortcuts():
    encoder = ResnetEncoder(channels=1, resolution=32, blocks=1, out_dim=3, **LAYERS)
    blocks = [layer for layer in encoder if type(layer).__name__ == "Residual"]
    x = torch.randn(2, 4, 8, 8)
    assert len(blocks) == 3
    assert torch.equal(blocks[0](x), blocks[0].shortcut(x))


@pytest.mark.parametrize(("resolution", "downsamplings", "side"), [(28, 2, 7), (32, 2, 8), (64, 3, 8)])
def test_grids_have_the_side_of_their_downsamplings(resolution, downsamplings, side):
    encoder = ConvGridEncoder(
        channels=3, resolution=resolution, downsamplings=downsamplings, blocks=1, out_dim=6, **LAYERS
    )
    decoder = ConvGridDecoder(channels=3, downsamplings=downsamplings, blocks=1, in_dim=6, **LAYERS)
    x = torch.randn(2, 3, resolution, resolution)
    assert encoder.side == side
    assert encoder(x).shape == (2, 6, side, side)
    assert decoder(encoder(x)).shape == x.shape
    with pytest.raises(UserError, match="cannot be halved"):
        ConvGridEncoder(channels=3, resolution=30, downsamplings=2, blocks=1, out_dim=6, **LAYERS)


def test_the_code_prior_never_looks_ahead():
    torch.manual_seed(0)
    prior, codes = RecurrentCodePrior(size=5, max_side=8, width=8, layers=1), torch.randint(5, (1, 4, 4))
    logits = prior(codes)
    assert logits.shape == (1, 16, 5)
    for place in (0, 6, 15):
        changed = codes.clone()
        changed.view(-1)[place] = (changed.view(-1)[place] + 1) % 5
        differs = (prior(changed) - logits).abs().amax(2)[0] > 1e-7
        assert not differs[: place + 1].any()
        assert differs[place + 1 :].all()


def test_the_code_prior_draws_from_its_own_distribution():
    torch.manual_seed(0)
    prior = RecurrentCodePrior(size=3, max_side=2, width=8, layers=2)
    nn.init.normal_(prior.out.bias, std=1.0)
    with torch.no_grad():
        drawn = prior.draw(torch.rand(6000, 2, 2))
        first = prior(drawn)[0, 0].softmax(0)
        second = prior(drawn)[:, 1].softmax(1)
    assert torch.allclose(torch.bincount(drawn[:, 0, 0], minlength=3) / 6000, first, atol=0.03)
    assert torch.allclose(torch.bincount(drawn[:, 0, 1], minlength=3) / 6000, second.mean(0), atol=0.03)


def test_a_feature_discriminators_logit_is_its_last_layer_of_its_features():
    network = FeatureDiscriminator(ConvEncoder(channels=3, resolution=32, out_dim=1, **LAYERS)).eval()
    x = torch.randn(2, 3, 32, 32)
    assert network(x).shape == (2,)
    assert torch.allclose(network.encoder.out(network.features(x)).flatten(), network(x))


def test_a_ladder_whose_levels_cannot_share_its_latents_is_refused():
    with pytest.raises(UserError, match="10 latents cannot be shared among 3 levels"):
        LadderDecoder(nn.Identity(), levels=3, width=4, in_dim=10, activation=nn.ReLU)
    with pytest.raises(UserError, match="levels"):
        LadderEncoder(nn.Identity(), levels=3, width=4, out_dim=10, activation=nn.ReLU)


def test_the_ladder_decodes_noise_level_by_level():
    torch.manual_seed(0)
    decoder, noise = LadderDecoder(nn.Identity(), levels=2, width=4, in_dim=6, activation=nn.ReLU), torch.randn(5, 6)
    mean, log_scale = decoder.given(1, noise[:, :3])
    lowest = mean + log_scale.exp() * noise[:, 3:]
    assert torch.allclose(decoder(noise), decoder.image(lowest))
    assert torch.equal(decoder.given(0, noise[:, :3])[0], torch.zeros(5, 3))
