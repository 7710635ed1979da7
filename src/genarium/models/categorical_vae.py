"""VAE of categorical latents."""

from typing import Any

from torch import Tensor

from genarium.distributions.categorical import Categories
from genarium.errors import UserError
from genarium.models.log_weights import Draws, LogWeights
from genarium.models.variational_autoencoder import VariationalAutoencoder


class CategoricalVAE(LogWeights, VariationalAutoencoder):
    """VAE of categorical latents, drawn by the straight-through Gumbel-softmax (Jang et al., arXiv:1611.01144; Maddison
    et al., arXiv:1611.00712).

    The decoder sees one-hot codes only, so that every term is the discrete model's, whatever the temperature, which
    shapes the gradient alone. A point code is the most probable category of each variable.
    """

    def __init__(self, categories: int, temperature: float, **vae: Any) -> None:
        """`categories` of each variable, `temperature` as a number to start from; the others are VAE's, whose `encoder`
        returns logits, (B, Z)."""
        super().__init__(**vae)
        if self.latent_dim % categories:
            raise UserError(
                f"{self.latent_dim} latents are no whole number of variables of {categories} categories: choose "
                f"model.latent_dim={32 * categories} or another multiple of {categories}"
            )
        self.categories, self.temperature = categories, temperature

    def posterior(self, x: Tensor) -> Categories:
        """q(z|x)."""
        logits = self.encoder(x).float().unflatten(1, (-1, self.categories))
        return Categories(logits.log_softmax(2), self.temperature)

    def draws(self, x: Tensor) -> Draws:
        q = self.posterior(x)

        def draw(count: int) -> tuple[Tensor, Tensor]:
            repeated = Categories(q.log_probs.repeat(count, 1, 1), q.temperature)
            z = repeated.rsample()
            return z.unflatten(0, (count, -1)), repeated.log_prob(z).unflatten(0, (count, -1))

        return draw

    def encode(self, x: Tensor) -> Tensor:
        return self.posterior(x).mode()
