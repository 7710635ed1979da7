"""Debiasing VAE."""

from typing import Any

import torch
from torch import Tensor

from genarium.distributed import batch_consistent
from genarium.distributed.world import all_gather_batch
from genarium.distributions.latent_histogram import drawn, histogram, sampling_chance
from genarium.models.vae import VAE
from genarium.protocols import Batch
from genarium.training.steps import Steps


class DebiasingVAE(VAE):
    """Debiasing VAE: each training batch is drawn again from itself, images whose latents are rare more often (Amini et
    al., AIES 2019, alg. 1). The paper draws from the whole data set once an epoch; here the candidates are the batch,
    and the histograms a running mean over the images as the data set holds them."""

    histograms: Tensor

    def __init__(self, bins: int, range: float, half_life: float, alpha: float, **vae: Any) -> None:
        """Histograms of `bins` over [-range, range] with a memory of `half_life` images; `alpha` near 0 makes training
        even over the latents, a large one leaves it as the data are; the others are VAE's."""
        super().__init__(**vae)
        self.bins, self.range, self.half_life, self.alpha = bins, range, half_life, alpha
        self.register_buffer("histograms", torch.full((self.latent_dim, bins), 1 / bins))

    def steps(self, batch: Batch) -> Steps:
        yield from super().steps(self.drawn(batch))

    @torch.no_grad()
    def drawn(self, batch: Batch) -> Batch:
        """The same number of images, drawn with replacement."""
        z = all_gather_batch(self.encode(batch.images))
        self.histograms.lerp_(histogram(z, self.bins, self.range), 1 - 0.5 ** (len(z) / self.half_life))
        chance = sampling_chance(z, self.histograms, self.range, self.alpha)
        rows = drawn(chance, batch_consistent.uniform(len(batch.images), device=z.device))
        return Batch(all_gather_batch(batch.images)[rows], all_gather_batch(batch.labels)[rows])

    def sampling_chance(self, x: Tensor) -> Tensor:
        """Of each image to be drawn from these, (B, C, R, R) -> (B,), summing to 1."""
        return sampling_chance(self.encode(x), self.histograms, self.range, self.alpha)
