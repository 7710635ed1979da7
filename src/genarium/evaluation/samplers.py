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
from genarium.evaluation.contracts import EvaluableModel
from genarium.protocols import Decodes, Encodes, Samples

CHUNK = 100  # images made at a time
FITTED = 10_000  # training images, at most, whose codes a density is fitted to
FLOOR = 1e-6  # of the mean variance of the codes, added to each variance of a mixture


class Sampler(Protocol):
    @property
    def suffix(self) -> str:
        """Suffix of its metrics' names: its own name, or none for the model's default."""
        ...

    @property
    def description(self) -> str:
        """Protocol terms of the sampler, once it is fitted."""
        ...

    def refuse(self, model: EvaluableModel) -> None:
        """Check that a model can be sampled this way; UserError otherwise."""

    def fit(self, model: EvaluableModel, images: Iterable[Tensor], source: str = "training images") -> None:
        """Learn from training images, (B, C, R, R) at a time; `source` names them. UserError where it cannot."""

    def chunks(self, model: EvaluableModel, count: int, generator: Generator) -> Iterable[Tensor]:
        """`count` images in [-1, 1], a part (<= CHUNK, C, R, R) at a time."""
        ...


def parts(count: int) -> list[int]:
    return [min(CHUNK, count - start) for start in range(0, count, CHUNK)]


class PriorSampler:
    """The model's own prior."""

    suffix, description = "/prior", "prior"

    def refuse(self, model: EvaluableModel) -> None:
        if not isinstance(model, Samples):
            raise UserError("the model has no prior to sample from: choose sampler=gaussian or sampler=gmm")

    def fit(self, model: EvaluableModel, images: Iterable[Tensor], source: str = "") -> None:
        self.refuse(model)

    def chunks(self, model: EvaluableModel, count: int, generator: Generator) -> Iterable[Tensor]:
        assert isinstance(model, Samples)
        for size in parts(count):
            yield model.sample(size, generator)


class StandardNormalSampler:
    """Sampler of codes from N(0, I), also for models without that prior, such as a plain autoencoder."""

    suffix, description = "/standard_normal", "standard normal codes"

    def refuse(self, model: EvaluableModel) -> None:
        if not isinstance(model, Decodes):
            raise UserError("the model has no decoder of codes: choose sampler=prior")

    def fit(self, model: EvaluableModel, images: Iterable[Tensor], source: str = "") -> None:
        self.refuse(model)

    def chunks(self, model: EvaluableModel, count: int, generator: Generator) -> Iterable[Tensor]:
        assert isinstance(model, Decodes)
        yield from decoded(model, torch.randn(count, model.latent_dim, generator=generator))


class GaussianMixtureSampler:
    """A mixture of `components` full-covariance Gaussians fitted to training codes; one component: a Gaussian."""

    def __init__(self, components: int, seed: int) -> None:
        self.components, self.seed = components, seed
        self.name = "gaussian" if components == 1 else f"gmm{components}"
        self.suffix = f"/{self.name}"

    def refuse(self, model: EvaluableModel) -> None:
        if not isinstance(model, Encodes) or not isinstance(model, Decodes):
            raise UserError("the model has no encoder and decoder to fit a density to: choose sampler=prior")

    def fit(self, model: EvaluableModel, images: Iterable[Tensor], source: str = "training images") -> None:
        self.refuse(model)
        assert isinstance(model, Encodes)
        codes = torch.cat([model.encode(x).float().cpu() for x in images]).double()
        self.check(model, codes)
        self.description = f"{self.name} fitted to {len(codes):,} codes of {source}, seed {self.seed}, floor {FLOOR:g}"
        unit = codes.var(0).mean().sqrt()  # the floor of a covariance is relative to the codes' own spread
        fitted = GaussianMixture(self.components, random_state=self.seed, reg_covar=FLOOR).fit((codes / unit).numpy())
        self.weights, self.means = torch.from_numpy(fitted.weights_), torch.from_numpy(fitted.means_) * unit
        self.factors = torch.linalg.cholesky(torch.from_numpy(fitted.covariances_)) * unit

    def check(self, model: EvaluableModel, codes: Tensor) -> None:
        """UserError where no density can be fitted to these codes."""
        instead = f"choose sampler={'prior' if isinstance(model, Samples) else 'standard_normal'}"
        if not codes.isfinite().all():
            raise UserError(f"the codes of the training images are not finite, and have no density: {instead}")
        if len(codes) <= self.components * codes.shape[1]:
            raise UserError(
                f"{len(codes):,} codes are too few for {self.name} in {codes.shape[1]:,} dimensions: {instead}, or "
                "train with fewer latents or more images"
            )
        if not codes.var(0).any():
            raise UserError(f"the codes of all training images are the same, and have no density: {instead}")

    def chunks(self, model: EvaluableModel, count: int, generator: Generator) -> Iterable[Tensor]:
        which = torch.multinomial(self.weights, count, replacement=True, generator=generator)
        noise = torch.randn(count, self.means.shape[1], generator=generator, dtype=torch.float64)
        codes = self.means[which] + (self.factors[which] @ noise[:, :, None])[:, :, 0]
        yield from decoded(model, codes.float())


class DefaultSampler:
    """The prior where the model has one, else a Gaussian fitted to its codes."""

    suffix = ""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def refuse(self, model: EvaluableModel) -> None:
        """Nothing: where a model has neither, its samples alone are left out."""

    def fit(self, model: EvaluableModel, images: Iterable[Tensor], source: str = "training images") -> None:
        self.chosen: Sampler = PriorSampler() if isinstance(model, Samples) else GaussianMixtureSampler(1, self.seed)
        self.chosen.fit(model, images, source)

    @property
    def description(self) -> str:
        return self.chosen.description

    def chunks(self, model: EvaluableModel, count: int, generator: Generator) -> Iterable[Tensor]:
        return self.chosen.chunks(model, count, generator)


def decoded(model: EvaluableModel, codes: Tensor) -> Iterable[Tensor]:
    """Images of (N, Z) codes, a part at a time, on the model's device."""
    assert isinstance(model, Decodes)
    for part in codes.split(CHUNK):
        yield model.decode(part.to(next(model.parameters()).device))
