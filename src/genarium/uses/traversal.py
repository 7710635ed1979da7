"""Effects of moves in latent space on what a reader sees in the images."""

from collections.abc import Callable

import torch
from scipy.stats import ortho_group
from torch import Tensor

from genarium.protocols import Decodes


def effects(model: Decodes, codes: Tensor, directions: Tensor, read: Callable[[Tensor], Tensor]) -> Tensor:
    """Mean absolute change of each reading from a code less a direction to the code and it, halved.

    `codes` (N, Z), `directions` (D, Z), `read` (N, C, R, R) -> (N, F). -> (D, F)
    """
    moved = lambda step: read(model.decode(codes + step).clamp(-1, 1))
    return torch.stack([(moved(step) - moved(-step)).abs().mean(0) / 2 for step in directions])


def latent_directions(codes: Tensor) -> Tensor:
    """One latent each, by its standard deviation over codes. (N, Z) -> (Z, Z)"""
    return codes.std(0).diag()


def random_directions(codes: Tensor, seed: int) -> Tensor:
    """As many as latents, turned at random where these have unit deviation, all latents in each. (N, Z) -> (Z, Z)"""
    size = codes.shape[1]
    if size < 2:
        return latent_directions(codes)
    turn = torch.from_numpy(ortho_group.rvs(size, random_state=seed)).to(codes)
    return turn * codes.std(0)
