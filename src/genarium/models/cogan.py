"""Coupled GAN, CoGAN."""

from collections.abc import Callable

import torch
from torch import Generator, Tensor

from genarium.distributed import batch_consistent
from genarium.models.gan import GAN
from genarium.protocols import Batch


class CoGAN(GAN):
    """CoGAN: two GANs share what is abstract, so that one code makes a pair that belongs together, although no pair was
    ever seen (Liu & Tuzel, arXiv:1606.07536, eq. 2).

    The second domain is `second_domain` of images, taken from every second image of a batch; the rest are of the first.
    Images of both play as one batch: its first half is of the first domain, its second half of the second. The last
    image of an odd batch sits out.
    """

    least_batch = 2

    def __init__(self, second_domain: Callable[[Tensor], Tensor], **gan) -> None:
        """`generator` (B, Z) -> (2 B, C, R, R), `discriminator` (2 B, C, R, R) -> logits (2 B,); the rest is GAN's."""
        super().__init__(**gan)
        self.second_domain = second_domain

    def real_images(self, batch: Batch) -> Tensor:
        """An even number of images."""
        pairs = len(batch.images) // 2
        return torch.cat([batch.images[: 2 * pairs : 2], self.second_domain(batch.images[1 : 2 * pairs : 2])])

    def sample_latents(self, batch: Batch) -> Tensor:
        return batch_consistent.normal(len(batch.images) // 2, self.latent_dim, device=self.device)

    def sample_pairs(self, count: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
        """The same codes in both domains, (count, C, R, R) each."""
        z = batch_consistent.normal(count, self.latent_dim, device=self.device, generator=generator)
        first, second = self.generator(z).clamp(-1, 1).chunk(2)
        return first, second

    def decode(self, z: Tensor) -> Tensor:
        """In the first domain."""
        return self.generator(z).clamp(-1, 1).chunk(2)[0]
