"""InfoGAN."""

import torch
import torch.nn.functional as F
from torch import Tensor

from genarium.errors import UserError
from genarium.losses.information import mutual_information
from genarium.models.gan import GAN
from genarium.training.steps import Terms


class InfoGAN(GAN):
    """InfoGAN: both players raise a lower bound of I(c; G(z, c)) (Chen et al., arXiv:1606.03657, eq. 6), in nats.

    Codes stay standard normal: the largest of the first `categorical_dims` numbers is the category, the distribution
    function of the next `continuous_dims` makes them uniform on [-1, 1], the rest is noise. So every code is one that
    any other model could draw, and a traversal moves what was learned.
    """

    def __init__(self, categorical_dims: int, continuous_dims: int, information_weight: float, **gan) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,) and its guess (B, categorical_dims +
        2 continuous_dims); the rest is GAN's."""
        super().__init__(**gan)
        if categorical_dims < 1 or continuous_dims < 0 or categorical_dims + continuous_dims > self.latent_dim:
            least = max(categorical_dims, 1) + max(continuous_dims, 0)
            raise UserError(
                f"InfoGAN's code of {self.latent_dim} cannot hold {categorical_dims} categories and {continuous_dims}"
                f" numbers: set model.latent_dim={least} or more, model.categorical_dims=1 or more,"
                " model.continuous_dims=0 or more"
            )
        self.categorical_dims, self.continuous_dims = categorical_dims, continuous_dims
        self.information_weight = information_weight

    def code(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Category, one-hot (B, K), numbers in [-1, 1] (B, U), and noise of a standard normal code (B, Z)."""
        kinds, numbers = self.categorical_dims, self.continuous_dims
        first, uniform, rest = z.split([kinds, numbers, z.shape[1] - kinds - numbers], 1)
        category = F.one_hot(first.argmax(1), self.categorical_dims).to(z.dtype)
        return category, torch.erf(uniform / 2**0.5), rest

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generator(torch.cat(self.code(z), 1))

    def discriminate(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        logits, guess = self.discriminator(x)
        if z is None:
            return logits, {}
        category, uniform, _ = self.code(z)
        information = mutual_information(guess, category, uniform)
        return logits, {"mutual_information": -self.information_weight * information}

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(torch.cat(self.code(z), 1)).clamp(-1, 1)
