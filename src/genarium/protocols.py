"""What a callback, a metric or a command may ask of a model. Models implement, the others check with isinstance."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

from torch import Generator, Tensor
from torch.distributions import Independent


class Batch(NamedTuple):
    """Images in [-1, 1], (B, C, R, R), and labels, (B,) int64; a set without classes labels every image 0. So many of
    the last ones, `again`, were drawn once more because their labels are known: the others stand for all images."""

    images: Tensor
    labels: Tensor
    again: int = 0


@runtime_checkable
class Samples(Protocol):
    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        """Unconditional samples, (count, C, R, R) in [-1, 1]; the same generator state, the same samples."""


@runtime_checkable
class Reconstructs(Protocol):
    def reconstruct(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, C, R, R), both in [-1, 1]."""


@runtime_checkable
class Encodes(Protocol):
    def encode(self, x: Tensor) -> Tensor:
        """Point code of each image, (B, C, R, R) -> (B, Z)."""


@runtime_checkable
class Decodes(Protocol):
    latent_dim: int

    def decode(self, z: Tensor) -> Tensor:
        """Image of each code, (B, Z) -> (B, C, R, R) in [-1, 1]."""


@runtime_checkable
class Scores(Protocol):
    def terms(self, batch: Batch) -> dict[str, Tensor]:
        """The objective on a batch, term by term, each (B,); `loss` is what training minimizes."""


@runtime_checkable
class Infers(Protocol):
    def rate(self, x: Tensor) -> Tensor:
        """KL(q(z|x) || p(z)) in nats for each image, in closed form or at one sample, (B, C, R, R) -> (B,)."""

    def rate_per_latent(self, x: Tensor) -> Tensor:
        """KL(q(z_j|x) || p(z_j)) in nats for each image and latent, (B, C, R, R) -> (B, Z): which latents are used.
        Only where the prior is a product over latents do they sum to the rate."""


@runtime_checkable
class SamplesClass(Protocol):
    def sample_class(self, labels: Tensor, generator: Generator | None = None) -> Tensor:
        """A sample of each label's class, (B,) -> (B, C, R, R) in [-1, 1]."""


@runtime_checkable
class HasClassPrior(Protocol):
    class_prior: Any
    """p(y) of unconditional samples, whose `set` is told how many training images each class has."""


@runtime_checkable
class HasPosterior(Protocol):
    def posterior(self, x: Tensor) -> Independent:
        """q(z|x), a diagonal Gaussian over (B, Z)."""

    aggregates: bool
    """Whether the aggregate of these posteriors can be compared with the prior, which is N(0, I)."""

    def rate(self, x: Tensor) -> Tensor: ...


@runtime_checkable
class Weighs(Protocol):
    def log_weights(self, x: Tensor, samples: int, chunk: int = 0) -> Tensor:
        """log p(x, z_k) - log q(z_k|x) of K = `samples` codes z_k ~ q(z|x), (B, C, R, R) -> (K, B) in nats; `chunk`
        codes of an image are decoded at a time, all where it is 0."""


@runtime_checkable
class Grows(Protocol):
    levels: int
    """Doublings of the image's side, from the smallest size on, that a network takes in one after the other."""
