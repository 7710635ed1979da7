"""Categorical codes: G variables of K categories each, as one-hot vectors side by side, (B, Z) with Z = G · K."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from genarium.distributed import batch_consistent
from genarium.distributions.prior import Infer, Prior
from genarium.distributions.straight_through import straight_through


@dataclass(frozen=True)
class Categories:
    """Categorical posterior with straight-through Gumbel-softmax samples (Jang et al., arXiv:1611.01144, sec. 2.2;
    Maddison et al., arXiv:1611.00712)."""

    log_probs: Tensor  # (B, G, K)
    temperature: float  # of the gradient: near 0 it is right on average and wild, large it is smooth and biased

    def rsample(self) -> Tensor:
        """One-hot sample with the gradient of softmax((log p + Gumbel noise) / temperature). -> (B, Z)."""
        uniform = batch_consistent.uniform(*self.log_probs.shape, device=self.log_probs.device)
        gumbel = -(-uniform.clamp(min=1e-20).log()).log()
        relaxed = ((self.log_probs + gumbel) / self.temperature).softmax(2)
        return straight_through(relaxed, one_hot(relaxed)).flatten(1)

    def log_prob(self, z: Tensor) -> Tensor:
        """Log probability of one-hot codes, (B, Z) -> (B,)."""
        return (z * self.log_probs.flatten(1)).sum(1)

    def mode(self) -> Tensor:
        """Most probable code, (B, Z)."""
        return one_hot(self.log_probs).flatten(1)


def one_hot(scores: Tensor) -> Tensor:
    """One-hot vector of each row's maximum, (..., K) -> (..., K)."""
    return F.one_hot(scores.argmax(-1), scores.shape[-1]).to(scores)


class UniformCategorical(Prior):
    """Uniform categorical prior."""

    asks_encoder, factorized, standard_normal = False, True, False

    def __init__(self, latent_dim: int, categories: int) -> None:
        super().__init__()
        self.variables, self.categories = latent_dim // categories, categories

    def rate(self, posterior: Categories, z: Tensor, infer: Infer) -> Tensor:
        """Rate KL(q(z|x) || p(z)) in closed form, at most G log K. -> (B,)."""
        return self.rate_per_latent(posterior, z, infer).sum(1)

    def rate_per_latent(self, posterior: Categories, z: Tensor, infer: Infer) -> Tensor:
        """Rate log K - H(q(z_g|x)) of each variable. -> (B, G)."""
        return (posterior.log_probs.exp() * posterior.log_probs).sum(2) + math.log(self.categories)

    def log_prob(self, z: Tensor, infer: Infer) -> Tensor:
        """Log density of codes, (..., Z) -> (...)."""
        return z.new_full(z.shape[:-1], -self.variables * math.log(self.categories))

    def sample(self, count: int, infer: Infer, device: torch.device, generator: Generator | None) -> Tensor:
        """Samples of the prior, (count, Z)."""
        scores = batch_consistent.normal(count, self.variables, self.categories, device=device, generator=generator)
        return one_hot(scores).flatten(1)
