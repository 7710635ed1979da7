"""How a model generates: from its own prior, or from a density fitted to the codes of training images.

A deterministic autoencoder has no prior: it generates only through a fitted density (Ghosh et al., arXiv:1903.12436,
sec. 4). Codes are drawn in one call for the whole count, so that a batch size changes nothing.
"""

from collections.abc import Iterable
from typing import Protocol

import torch
from sklearn.mixture import GaussianMixture
from torch import Generator, Tensor

from genarium.errors import UserError
from genarium.protocols import Decodes, Encodes, Samples

CHUNK = 100  # images made at a time
FITTED = 10_000  # training images, at most, whose codes a density is fitted to


class Sampler(Protocol):
    suffix: str
    """What the names of its numbers end with: its own name, or nothing where the model's natural way was taken."""
    told: str
    """What the protocol says of it, once it is fitted."""

    def fit(self, model: object, images: Iterable[Tensor]) -> None:
        """Learn from training images, (B, C, R, R) at a time; UserError where the model cannot be sampled this way."""

    def chunks(self, model: object, count: int, generator: Generator) -> Iterable[Tensor]:
        """`count` images in [-1, 1], a part (<= CHUNK, C, R, R) at a time."""


def parts(count: int) -> list[int]:
    return [min(CHUNK, count - start) for start in range(0, count, CHUNK)]


class Prior:
    """The model's own prior."""

    suffix, told = "/prior", "prior"

    def fit(self, model: object, images: Iterable[Tensor]) -> None:
        if not isinstance(model, Samples):
            raise UserError("the model has no prior to sample from: choose sampler=gaussian or sampler=gmm")

    def chunks(self, model: Samples, count: int, generator: Generator) -> Iterable[Tensor]:
        for size in parts(count):
            yield model.sample(size, generator)


class StandardNormal:
    """Codes from N(0, I), whatever the model thinks of them: the prior that a plain autoencoder does not have."""

    suffix, told = "/standard_normal", "standard normal codes"

    def fit(self, model: object, images: Iterable[Tensor]) -> None:
        if not isinstance(model, Decodes):
            raise UserError("the model has no decoder of codes: choose sampler=prior")

    def chunks(self, model: Decodes, count: int, generator: Generator) -> Iterable[Tensor]:
        yield from decoded(model, torch.randn(count, model.latent_dim, generator=generator))


class Mixture:
    """A mixture of `components` full-covariance Gaussians fitted to training codes; one component: a Gaussian."""

    def __init__(self, components: int, seed: int) -> None:
        self.components, self.seed = components, seed
        self.name = "gaussian" if components == 1 else f"gmm{components}"
        self.suffix = f"/{self.name}"

    def fit(self, model: object, images: Iterable[Tensor]) -> None:
        if not isinstance(model, Encodes) or not isinstance(model, Decodes):
            raise UserError("the model has no encoder and decoder to fit a density to: choose sampler=prior")
        codes = torch.cat([model.encode(x).float().cpu() for x in images]).double()
        if len(codes) <= self.components * codes.shape[1]:
            raise UserError(
                f"{len(codes):,} codes are too few for {self.name} in {codes.shape[1]:,} dimensions: use more images "
                "or, where the model has one, sampler=prior"
            )
        self.told = f"{self.name} fitted to {len(codes):,} codes, seed {self.seed}"
        fitted = GaussianMixture(self.components, random_state=self.seed, reg_covar=1e-6).fit(codes.numpy())
        self.weights, self.means = torch.from_numpy(fitted.weights_), torch.from_numpy(fitted.means_)
        self.factors = torch.linalg.cholesky(torch.from_numpy(fitted.covariances_))

    def chunks(self, model: Decodes, count: int, generator: Generator) -> Iterable[Tensor]:
        which = torch.multinomial(self.weights, count, replacement=True, generator=generator)
        noise = torch.randn(count, self.means.shape[1], generator=generator, dtype=torch.float64)
        codes = self.means[which] + (self.factors[which] @ noise[:, :, None])[:, :, 0]
        yield from decoded(model, codes.float())


class Natural:
    """The prior where the model has one, else a Gaussian fitted to its codes."""

    suffix = ""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, model: object, images: Iterable[Tensor]) -> None:
        self.chosen: Sampler = Prior() if isinstance(model, Samples) else Mixture(1, self.seed)
        self.chosen.fit(model, images)

    @property
    def told(self) -> str:
        return self.chosen.told

    def chunks(self, model: object, count: int, generator: Generator) -> Iterable[Tensor]:
        return self.chosen.chunks(model, count, generator)


def decoded(model: Decodes, codes: Tensor) -> Iterable[Tensor]:
    """Images of (N, Z) codes, a part at a time, on the model's device."""
    for part in codes.split(CHUNK):
        yield model.decode(part.to(next(model.parameters()).device))
