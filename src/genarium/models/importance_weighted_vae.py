"""Importance weighted autoencoders, IWAE and MIWAE."""

from typing import Any

from torch import Tensor
from torch.distributions import Independent

from genarium.errors import UserError
from genarium.losses.importance import effective_samples, multiple_bound
from genarium.models.vae import VAE
from genarium.protocols import Batch
from genarium.training.steps import Terms


class ImportanceWeightedVAE(VAE):
    """Importance weighted autoencoder: maximizes log (1/K) sum_k p(x, z_k) / q(z_k|x) (IWAE: Burda et al.,
    arXiv:1509.00519, eq. 8), or a mean of several such bounds (MIWAE: Rainforth et al., arXiv:1802.04537).

    Besides a VAE's terms, all means over the samples: `negative_bound`, whose bits per dimension are reported, and
    `effective_samples` of the importance weights.
    """

    def __init__(self, samples: int, bounds: int, **vae: Any) -> None:
        """`samples` K of each of `bounds` bounds; the others are VAE's."""
        super().__init__(**vae)
        if self.free_bits:
            raise UserError("a bound of several samples has no rate that free bits could lift: set model.free_bits=0")
        self.samples, self.bounds = samples, bounds

    def terms(self, batch: Batch) -> Terms:
        x, q = batch.images, self.posterior(batch.images)
        z = q.rsample((self.bounds * self.samples,))  # (K, B, Z)
        distortion, log_ratio = self.distortions(x, z), self.log_ratio(q, z)
        weighted = multiple_bound(-distortion - self.beta * log_ratio, self.bounds)
        negative_bound = -multiple_bound(-distortion - log_ratio, self.bounds)
        rate, regularizer = self.prior.rate(q, z[0], self.posterior), self.regularizer(q, z[0])
        return {
            "loss": -weighted + self.regularizer_weight * regularizer,
            "distortion": distortion.mean(0),
            "rate": rate,
            "regularizer": regularizer,
            "negative_elbo": distortion.mean(0) + rate,
            "negative_bound": negative_bound,
            "effective_samples": effective_samples(-distortion - log_ratio),
            **self.bits(x, negative_bound),
        }

    def log_ratio(self, q: Independent, z: Tensor) -> Tensor:
        """log q(z_k|x) - log p(z_k), (K, B, Z) -> (K, B)."""
        return q.log_prob(z) - self.log_prior(z)
