"""Variational autoencoder with a diagonal Gaussian posterior."""

from torch import Tensor
from torch.distributions import Independent

from genarium.distributions.diagonal_normal import bounded, diagonal_normal
from genarium.models.variational_autoencoder import VariationalAutoencoder


class GaussianVAE(VariationalAutoencoder):
    """Variational autoencoder whose encoder gives mean and log variance, (B, 2Z)."""

    def posterior(self, x: Tensor) -> Independent:
        """q(z|x) over (B, Z)."""
        mean, log_variance = self.encoder(x).float().chunk(2, dim=1)
        return diagonal_normal(mean, bounded(log_variance))

    @property
    def aggregates(self) -> bool:
        """Whether the aggregate of the posteriors can be compared with the prior: Gaussians with N(0, I)."""
        return self.prior.standard_normal

    def encode(self, x: Tensor) -> Tensor:
        return self.posterior(x).mean
