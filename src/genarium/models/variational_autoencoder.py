"""Variational autoencoder with any posterior."""

import math
from collections.abc import Callable, Mapping

from torch import Generator, Tensor, nn
from torch.distributions import Independent

from genarium.distributed.batch_dependence import refuse_batchnorm
from genarium.distributions.likelihood import Likelihood
from genarium.distributions.prior import Prior
from genarium.errors import UserError
from genarium.losses.free_bits import free_bits_lift
from genarium.pixels import are_signals
from genarium.protocols import Batch
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule
from genarium.training.steps import Steps, Terms

HEAVIEST = 1e6
"""Of a term's weight in a sum in single precision, beyond which the others are lost to rounding."""


class VariationalAutoencoder(Module):
    """Variational autoencoder: minimizes -E_q[log p(x|z)] + beta KL(q(z|x) || p(z)) (Kingma & Welling, arXiv:1312.6114,
    eq. 3; Higgins et al., ICLR 2017) + weight R(q, z); with free bits, beta presses sum_j max(free_bits, rate_j) in the
    rate's place.

    beta-TC-VAE, DIP-VAE and InfoVAE are this class with another `regularizer` R, which comes on top of the rate;
    VampPrior is another `prior`. Terms are in nats per image: `distortion` = -E_q[log p(x|z)], `rate` =
    KL(q(z|x) || p(z)), their sum the negative ELBO; `regularizer` is not yet weighted.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        likelihood: Likelihood,
        prior: Prior,
        regularizer: Callable[[Independent, Tensor], Tensor],
        regularizer_weight: float,
        latent_dim: int,
        beta: float,
        optimizers: Mapping[str, OptimizerSpec],
        schedules: Mapping[str, Schedule],
        free_bits: float = 0.0,
    ) -> None:
        """`encoder` (B, C, R, R) -> mean and log variance, (B, 2Z); `decoder` (B, Z) -> the likelihood's parameters."""
        super().__init__(optimizers, schedules)
        for name, number in {"beta": beta, "regularizer_weight": regularizer_weight, "free_bits": free_bits}.items():
            if not -HEAVIEST <= number <= HEAVIEST or (number < 0 and name != "regularizer_weight"):
                raise UserError(
                    f"model.{name}={number} leaves nothing of the other terms: set it from 0 to {HEAVIEST:,.0f}"
                )
        if free_bits and not prior.factorized:
            raise UserError("free bits are of a prior whose latents are independent: set model.free_bits=0")
        if prior.asks_encoder:
            refuse_batchnorm(encoder, "encoder")
        self.encoder, self.decoder = encoder, decoder
        self.likelihood, self.prior = likelihood, prior
        self.regularizer, self.regularizer_weight = regularizer, regularizer_weight
        self.latent_dim, self.beta, self.free_bits = latent_dim, beta, free_bits

    def networks(self) -> dict[str, nn.Module]:
        return {"vae": nn.ModuleList([self.encoder, self.decoder, self.likelihood, self.prior])}

    def steps(self, batch: Batch) -> Steps:
        yield "vae", lambda: self.terms(batch)

    def posterior(self, x: Tensor) -> Independent:
        """q(z|x) over (B, Z)."""
        raise NotImplementedError

    def encode(self, x: Tensor) -> Tensor:
        """Point code of each image, (B, C, R, R) -> (B, Z)."""
        raise NotImplementedError

    def infer(self, x: Tensor) -> tuple[Independent, Tensor]:
        """q(z|x) over (B, Z) and a sample of it."""
        q = self.posterior(x)
        return q, q.rsample()

    def terms(self, batch: Batch) -> Terms:
        q, z = self.infer(batch.images)
        return self.objective(batch.images, q, z, self.decoder(z))

    def objective(self, x: Tensor, q: Independent, z: Tensor, parameters: Tensor) -> Terms:
        """Of images, their posterior, a sample of it and what the decoder made of that."""
        distortion = -self.likelihood.log_prob(x, parameters)
        rate, regularizer = self.prior.rate(q, z, self.posterior), self.regularizer(q, z)
        return {
            "loss": distortion + self.beta * (rate + self.lift(q, z)) + self.regularizer_weight * regularizer,
            "distortion": distortion,
            "rate": rate,
            "regularizer": regularizer,
            "negative_elbo": distortion + rate,
            **self.bits(x, distortion + rate),
        }

    def lift(self, q: Independent, z: Tensor) -> Tensor:
        """From the rate to sum_j max(free_bits, rate_j). -> (B,)."""
        if not self.free_bits:
            return z.new_zeros(len(z))
        return free_bits_lift(self.prior.rate_per_latent(q, z, self.posterior), self.free_bits)

    def bits(self, x: Tensor, nats: Tensor) -> Terms:
        """Bits per dimension of 8-bit images, (B,), from an upper bound of -log p(x), (B,); none of signals."""
        if are_signals(x):
            return {}
        return {"bits_per_dimension": (nats / x[0].numel() - self.likelihood.log_bin_width) / math.log(2)}

    def rate(self, x: Tensor) -> Tensor:
        return self.prior.rate(*self.infer(x), self.posterior)

    def rate_per_latent(self, x: Tensor) -> Tensor:
        return self.prior.rate_per_latent(*self.infer(x), self.posterior)

    def decode(self, z: Tensor) -> Tensor:
        return self.likelihood.mean(self.decoder(z))

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(self.prior.sample(count, self.posterior, self.device, generator))
