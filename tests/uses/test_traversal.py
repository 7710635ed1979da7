"""Effects of moves, of a decoder whose images are its code."""

import torch

from genarium.metrics.traversal import one_direction_share
from genarium.uses.traversal import effects, latent_directions, random_directions


class Identity:
    latent_dim = 3

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return z[:, :, None, None]


CODES = 0.1 * torch.randn(200, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 2.0, 3.0])


def read(images: torch.Tensor) -> torch.Tensor:
    return images.flatten(1)


def test_a_latent_of_a_decoder_that_draws_it_alone_moves_one_factor_by_its_deviation():
    found = effects(Identity(), CODES, latent_directions(CODES), read)
    torch.testing.assert_close(found, CODES.std(0).diag(), rtol=0.05, atol=1e-6)
    assert one_direction_share(found.numpy()) > 0.99


def test_random_directions_move_all_factors_and_are_a_turn_of_the_latents():
    directions = random_directions(CODES, 0)
    scaled = directions / CODES.std(0)
    torch.testing.assert_close(scaled @ scaled.T, torch.eye(3))
    assert one_direction_share(effects(Identity(), CODES, directions, read).numpy()) < 0.9
