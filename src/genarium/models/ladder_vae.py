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
    """Ladder VAE: latents of several levels, inferred from the top down by the precision-weighted mean of the image's
    evidence and the level above's (Sønderby et al., arXiv:1602.02282, sec. 2).

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
        estimates = self.encoder(x)

        def draw(count: int) -> tuple[Tensor, Tensor]:
            q, z = self.top_down(estimates.repeat(count, 1, 1), lambda q: q.rsample())
            return z.unflatten(0, (count, -1)), q.log_prob(z).unflatten(0, (count, -1))

        return draw

    def top_down(self, estimates: Tensor, draw: Draw) -> tuple[Independent, Tensor]:
        """q(eps|x) of the encoder's estimates, (B, L, 2 Z_l), each level given what was drawn above it, and the noise
        drawn, (B, Z)."""
        decoder, estimates = require(self.decoder, TopDown), estimates.float()
        z, drawn, levels = torch.zeros_like(estimates[:, 0].chunk(2, dim=1)[0]), [], []
        for level, estimate in enumerate(estimates.unbind(1)):
            mean, log_scale = decoder.given(level, z)
            evidence, log_variance = estimate.chunk(2, dim=1)
            q = in_noise(evidence, bounded(log_variance), mean, log_scale)
            levels.append(q)
            drawn.append(draw(q))
            z = mean + log_scale.exp() * drawn[-1]
        base = [q.base_dist for q in levels]
        means, scales = torch.cat([q.loc for q in base], dim=1), torch.cat([q.scale for q in base], dim=1)
        return Independent(RowwiseNormal(means, scales, validate_args=False), 1), torch.cat(drawn, dim=1)


def in_noise(evidence: Tensor, log_variance: Tensor, mean: Tensor, log_scale: Tensor) -> Independent:
    """The precision-weighted product of N(evidence, exp(log variance)) and N(mean, scale^2), as a distribution of
    (z - mean) / scale. (B, Z_l) each."""
    trust = 2 * log_scale - log_variance  # log of the image's precision over the prior's
    shift = (evidence - mean) * (-log_scale).exp()
    return diagonal_normal(shift * trust.sigmoid(), torch.nn.functional.logsigmoid(-trust))
