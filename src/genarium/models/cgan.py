"""Conditional GAN: both players are given the label."""

import torch
from torch import Generator, Tensor

from genarium.distributed import batch_consistent
from genarium.distributions.class_prior import ClassPrior
from genarium.errors import UserError
from genarium.models.gan import GAN
from genarium.training.steps import Terms


class ConditionalGAN(GAN):
    """Conditional GAN: both players are given the label (Mirza & Osindero, arXiv:1411.1784, eq. 2): concatenated with
    the code and the image, projected (Miyato & Koyama, arXiv:1802.05637), as their networks see fit.

    In a round, fakes are made for the labels of the batch; samples are of each class as often as training images are.
    """

    def __init__(self, classes: int, **gan) -> None:
        """`generator` (B, Z), (B,) -> (B, C, R, R), `discriminator` (B, C, R, R), (B,) -> (B,); the rest is GAN's."""
        super().__init__(**gan)
        if classes < 2:
            raise UserError("a conditional GAN needs classes: choose a data=… that has some, or model=dcgan")
        self.class_prior = ClassPrior(classes)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generator(z, labels)

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        return self.discriminator(x, labels), {}

    def sample_class(self, labels: Tensor, generator: Generator | None = None) -> Tensor:
        """A sample of each label, (B,) -> (B, C, R, R) in [-1, 1]."""
        z = batch_consistent.normal(len(labels), self.latent_dim, device=self.device, generator=generator)
        return self.decode_class(z, labels.to(self.device))

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.sample_class(self.class_prior.sample(count, self.device, generator), generator)

    def decode(self, z: Tensor) -> Tensor:
        """Of the first class: what a code means beside the label."""
        return self.decode_class(z, z.new_zeros(len(z), dtype=torch.long))

    def decode_class(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generate(z, labels).clamp(-1, 1)
