"""Wasserstein autoencoder."""

from torch import Generator, Tensor

from genarium.distributed import batch_consistent
from genarium.models.autoencoder import Autoencoder


class WassersteinAutoencoder(Autoencoder):
    """Wasserstein autoencoder: codes are matched to N(0, I), so that it samples (Tolstikhin et al.,
    arXiv:1711.01558)."""

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(batch_consistent.normal(count, self.latent_dim, device=self.device, generator=generator))
