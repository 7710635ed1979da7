"""Ladder VAEs: a hierarchy of latents."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.distributions import Independent

from genarium.distributed.batch_consistent import RowwiseNormal
from genarium.distributions.diagonal_normal import bounded, diagonal_normal
from genarium.models.log_weights import Draws
from genarium.models.vae import VAE
from genarium.protocols import require


@runtime_checkable
class TopDown(Protocol):
    """Ladder decoder."""

    def given(self, level: int, z: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log scale of p(z_l | z_(l - 1)), (B, Z_l) each."""
        ...


Draw = Callable[[Independent], Tensor]


class LadderVAE(VAE):
    """Latents of several levels, inferred from the top down by the precision-weighted mean of what the image says and
    what the level above says (Sønderby et al., arXiv:1602.02282, sec. 2).

    A code is the standard normal noise of every level, eps_l = (z_l - mean_p) / scale_p, from the top down: the KL is
    the same as in z, the prior is N(0, I), and sampling, decoding and traversals are a VAE's.
    """

    @property
    def aggregates(self) -> bool:
        """False: a level's posterior depends on what was drawn above it: together they are no Gaussian."""
        return False

    def posterior(self, x: Tensor) -> Independent:
        return self.top_down(self.encoder(x), lambda q: q.mean)[0]

    def infer(self, x: Tensor) -> tuple[Independent, Tensor]:
        return self.top_down(self.encoder(x), lambda q: q.rsample())

    def encode(self, x: Tensor) -> Tensor:
        return self.top_down(self.encoder(x), lambda q: q.mean)[1]

    def draws(self, x: Tensor) -> Draws:
        statements = self.encoder(x)

        def draw(count: int) -> tuple[Tensor, Tensor]:
            q, z = self.top_down(statements.repeat(count, 1, 1), lambda q: q.rsample())
            return z.unflatten(0, (count, -1)), q.log_prob(z).unflatten(0, (count, -1))

        return draw

    def top_down(self, statements: Tensor, draw: Draw) -> tuple[Independent, Tensor]:
        """q(eps|x) of the encoder's statements, (B, L, 2 Z_l), each level given what was drawn above it, and the noise
        drawn, (B, Z)."""
        decoder, statements = require(self.decoder, TopDown), statements.float()
        z, drawn, levels = torch.zeros_like(statements[:, 0].chunk(2, dim=1)[0]), [], []
        for level, statement in enumerate(statements.unbind(1)):
            mean, log_scale = decoder.given(level, z)
            said, log_variance = statement.chunk(2, dim=1)
            q = in_noise(said, bounded(log_variance), mean, log_scale)
            levels.append(q)
            drawn.append(draw(q))
            z = mean + log_scale.exp() * drawn[-1]
        base = [q.base_dist for q in levels]
        means, scales = torch.cat([q.loc for q in base], dim=1), torch.cat([q.scale for q in base], dim=1)
        return Independent(RowwiseNormal(means, scales, validate_args=False), 1), torch.cat(drawn, dim=1)


def in_noise(said: Tensor, log_variance: Tensor, mean: Tensor, log_scale: Tensor) -> Independent:
    """The precision-weighted product of N(said, exp(log variance)) and N(mean, scale^2), as a distribution of
    (z - mean) / scale. (B, Z_l) each."""
    trust = 2 * log_scale - log_variance  # log of the image's precision over the prior's
    shift = (said - mean) * (-log_scale).exp()
    return diagonal_normal(shift * trust.sigmoid(), torch.nn.functional.logsigmoid(-trust))
