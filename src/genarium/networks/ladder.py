"""Ladder VAE's encoder and decoder (Sønderby et al., arXiv:1602.02282). Levels are ordered from the top down."""

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.mlp import MLP
from genarium.networks.types import Activation


def share(total: int, levels: int) -> int:
    """Latents per level; UserError where `total` is no multiple of `levels`."""
    if levels < 1 or total % levels:
        raise UserError(
            f"{total} latents cannot be shared among {levels} levels: choose model.latent_dim={levels * 32} or another "
            f"multiple of {levels}"
        )
    return total // levels


class LadderEncoder(nn.Module):
    """Ladder encoder, (B, C, R, R) -> mean and log variance of each level's latents, (B, levels, out_dim / levels);
    each level reads the features of the one below."""

    def __init__(self, trunk: nn.Module, levels: int, width: int, out_dim: int, activation: Activation) -> None:
        """`trunk` (B, C, R, R) -> (B, width)."""
        super().__init__()
        self.trunk, dim = trunk, share(out_dim, levels)
        climb = lambda: nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width), activation())
        self.steps = nn.ModuleList(climb() for _ in range(levels))
        self.heads = nn.ModuleList(nn.Linear(width, dim) for _ in range(levels))

    def forward(self, x: Tensor) -> Tensor:
        h, parameters = self.trunk(x), []
        for step, head in zip(self.steps, self.heads, strict=True):
            h = step(h)
            parameters.append(head(h))
        return torch.stack(parameters[::-1], dim=1)


class LadderDecoder(nn.Module):
    """Ladder decoder, standard normal noise of all levels, (B, in_dim), from the top down -> (B, C, R, R).

    z_l = mean(z_{l+1}) + scale(z_{l+1}) · noise_l: the noise is the code, its prior is N(0, I).
    """

    def __init__(self, image: nn.Module, levels: int, width: int, in_dim: int, activation: Activation) -> None:
        """`image` (B, width) -> (B, C, R, R)."""
        super().__init__()
        self.levels, self.dim = levels, share(in_dim, levels)
        self.steps = nn.ModuleList(MLP(self.dim, width, 1, 2 * self.dim, activation) for _ in range(levels - 1))
        self.image = nn.Sequential(nn.Linear(self.dim, width), activation(), image)

    def given(self, level: int, above: Tensor) -> tuple[Tensor, Tensor]:
        """p(z_l | z_{l+1}): mean and log scale of z at `level` given z at the level above, (B, Z_l) -> (B, Z_l) twice;
        the top level is standard normal."""
        if level == 0:
            return torch.zeros_like(above), torch.zeros_like(above)
        mean, log_scale = self.steps[level - 1](above).float().chunk(2, dim=1)
        return mean, 3 * (log_scale / 3).tanh()

    def forward(self, noise: Tensor) -> Tensor:
        z = torch.zeros_like(noise[:, : self.dim])
        for level, own in enumerate(noise.split(self.dim, dim=1)):
            mean, log_scale = self.given(level, z)
            z = mean + log_scale.exp() * own
        return self.image(z)
