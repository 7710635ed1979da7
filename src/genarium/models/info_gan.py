"""GANs whose images tell what they were made from."""

import torch
import torch.nn.functional as F
from torch import Tensor

from genarium.errors import UserError
from genarium.losses.information import mutual_information
from genarium.models.gan import GAN
from genarium.training.module import Terms


class InfoGAN(GAN):
    """Both players raise a lower bound of I(c; G(z, c)) (Chen et al., arXiv:1606.03657, eq. 6), in nats.

    Codes stay standard normal: the largest of the first `categories` numbers is the category, the distribution function
    of the next `numbers` makes them uniform on [-1, 1], the rest is noise. So every code is one that any other model
    could draw, and a traversal moves what was learned.
    """

    def __init__(self, categories: int, numbers: int, information_weight: float, **gan) -> None:
        """`discriminator` (B, C, R, R) -> logits (B,) and its guess (B, categories + 2 numbers); the rest is GAN's."""
        super().__init__(**gan)
        if categories < 1 or numbers < 0 or categories + numbers > self.latent_dim:
            least = max(categories, 1) + max(numbers, 0)
            raise UserError(
                f"InfoGAN's code of {self.latent_dim} cannot hold {categories} categories and {numbers} numbers:"
                f" set model.latent_dim={least} or more, model.categories=1 or more, model.numbers=0 or more"
            )
        self.categories, self.numbers, self.information_weight = categories, numbers, information_weight

    def code(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Category, one-hot (B, K), numbers in [-1, 1] (B, U), and noise of a standard normal code (B, Z)."""
        first, numbers, rest = z.split([self.categories, self.numbers, z.shape[1] - self.categories - self.numbers], 1)
        category = F.one_hot(first.argmax(1), self.categories).to(z.dtype)
        return category, torch.erf(numbers / 2**0.5), rest

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.generator(torch.cat(self.code(z), 1))

    def judge(self, x: Tensor, labels: Tensor, z: Tensor | None = None) -> tuple[Tensor, Terms]:
        logits, guess = self.discriminator(x)
        if z is None:
            return logits, {}
        category, numbers, _ = self.code(z)
        return logits, {"information": -self.information_weight * mutual_information(guess, category, numbers)}

    def decode(self, z: Tensor) -> Tensor:
        return self.generator(torch.cat(self.code(z), 1)).clamp(-1, 1)
