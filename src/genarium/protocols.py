"""Contracts between rooms: what training and callbacks read from data and ask of models.

Models implement capabilities (`Samples`, `Encodes`, …), and who asks checks with isinstance.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np
import torch
from torch import Generator, Tensor
from torch.distributions import Independent

T = TypeVar("T")


def require(part: object, kind: type[T]) -> T:
    """`part`, as the `kind` that a model needs it to be; TypeError where the model's parts do not go together."""
    if not isinstance(part, kind):
        raise TypeError(f"{type(part).__name__} is not {kind.__name__}")
    return part


class Batch(NamedTuple):
    """Images in [-1, 1], (B, C, R, R), and labels, (B,) int64; a set without classes labels every image 0. So many of
    the last ones, `again`, were drawn once more because their labels are known: the others stand for all images.
    `sources`, (B, S, R, R), are what the images are to be made from, where they have some."""

    images: Tensor
    labels: Tensor
    again: int = 0
    sources: Tensor | None = None


class DataModule(Protocol):
    """Training data: batches, held-out images, and what is known of their classes. Images and toy points implement it.

    `batch_size` is that of all devices together. Whoever trains sets `budget`, the images of the whole run, and
    `start`, the number of batches that the model has seen when the training loop begins. `classes` is how many classes
    labels index, 1 where there are none; `class_counts` are the training images of each, as far as their ratios;
    `content` has source, hash, images, and classes: the name of each label, in order.
    """

    batch_size: int
    budget: int
    start: Callable[[], int]

    @property
    def classes(self) -> int: ...
    @property
    def class_counts(self) -> list[int]: ...
    @property
    def content(self) -> dict[str, Any]: ...

    def prepare_data(self) -> None:
        """Pack the set, on one process of each machine."""

    def setup(self, stage: str | None = None) -> None:
        """Open the set."""

    def train_dataloader(self) -> Iterable[Batch]:
        """The run's batches; UserError where the batch does not fit the set or the devices."""
        ...

    def split_indices(self, split: str) -> np.ndarray:
        """(n,) rows of the set in a split; UserError where it has none."""
        ...

    def examples(self, count: int, split: str) -> Batch:
        """The same `count` images of a split every time; all of it where it has fewer."""
        ...

    def validation_batches(
        self, batch_size: int, split: str = "val", count: int | None = None, device: torch.device | None = None
    ) -> Iterator[Batch]:
        """This device's share of a split, or of `count` images of it, in fixed order, once."""
        ...


@runtime_checkable
class Samples(Protocol):
    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        """Unconditional samples, (count, C, R, R) in [-1, 1]; the same generator state, the same samples."""
        ...


@runtime_checkable
class Reconstructs(Protocol):
    def reconstruct(self, x: Tensor) -> Tensor:
        """(B, C, R, R) -> (B, C, R, R), both in [-1, 1]."""
        ...


@runtime_checkable
class Encodes(Protocol):
    def encode(self, x: Tensor) -> Tensor:
        """Point code of each image, (B, C, R, R) -> (B, Z)."""
        ...


@runtime_checkable
class Decodes(Protocol):
    latent_dim: int

    def decode(self, z: Tensor) -> Tensor:
        """Image of each code, (B, Z) -> (B, C, R, R) in [-1, 1]."""
        ...


@runtime_checkable
class Scores(Protocol):
    def terms(self, batch: Batch) -> dict[str, Tensor]:
        """The objective on a batch, term by term, each (B,); `loss` is what training minimizes."""
        ...


@runtime_checkable
class Infers(Protocol):
    def rate(self, x: Tensor) -> Tensor:
        """KL(q(z|x) || p(z)) in nats for each image, in closed form or at one sample, (B, C, R, R) -> (B,)."""
        ...

    def rate_per_latent(self, x: Tensor) -> Tensor:
        """KL(q(z_j|x) || p(z_j)) in nats for each image and latent, (B, C, R, R) -> (B, Z): which latents are used.
        Only where the prior is a product over latents do they sum to the rate."""
        ...


@runtime_checkable
class HasFeatures(Protocol):
    def features(self, x: Tensor) -> Tensor:
        """Features of images as a network's last layer reads them, (B, C, R, R) -> (B, F)."""
        ...


@runtime_checkable
class Classifies(Protocol):
    def classify(self, x: Tensor) -> Tensor:
        """Logits of the classes, (B, C, R, R) -> (B, K)."""
        ...


@runtime_checkable
class Discriminates(Protocol):
    output_name: str
    """`logits`, high at images that it takes for real, or `energy`, low there."""

    def logits_of(self, x: Tensor) -> Tensor:
        """The discriminator's output for each image, (B, C, R, R) -> (B,)."""
        ...


@runtime_checkable
class SamplesClass(Protocol):
    def sample_class(self, labels: Tensor, generator: Generator | None = None) -> Tensor:
        """A sample of each label's class, (B,) -> (B, C, R, R) in [-1, 1]."""
        ...


@runtime_checkable
class DecodesClass(Decodes, Protocol):
    def decode_class(self, z: Tensor, labels: Tensor) -> Tensor:
        """Image of each code under a class, in place of the one that the code may hold. (B, Z), (B,) -> (B, C, R, R)"""
        ...


@runtime_checkable
class HasClassPrior(Protocol):
    class_prior: Any
    """p(y) of unconditional samples, whose `set` is told how many training images each class has."""


@runtime_checkable
class HasPosterior(Protocol):
    def posterior(self, x: Tensor) -> Independent:
        """q(z|x), a diagonal Gaussian over (B, Z)."""
        ...

    aggregates: bool
    """Whether the aggregate of these posteriors can be compared with the prior, which is N(0, I)."""

    def rate(self, x: Tensor) -> Tensor: ...


class PixelDensity(Protocol):
    """p(x|z), with the log of the width of a pixel value's bin: 0 where it is a probability, not a density."""

    @property
    def log_bin_width(self) -> float: ...


class PixelProbability(PixelDensity, Protocol):
    levels: int
    """Values of a pixel, evenly spread over [-1, 1]."""

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """(B, ...) in [-1, 1] x (B, ...) -> (B,), summed over pixels, each of its own parameters."""
        ...


@runtime_checkable
class DecodesPixels(HasPosterior, Protocol):
    """A VAE: q(z|x), and p(x|z) pixel by pixel."""

    latent_dim: int

    @property
    def likelihood(self) -> PixelProbability: ...
    @property
    def decoder(self) -> Callable[[Tensor], Tensor]:
        """(B, Z) -> the likelihood's parameters, (B, C, R, R)."""
        ...


@runtime_checkable
class Weighs(Protocol):
    @property
    def likelihood(self) -> PixelDensity: ...

    def log_weights(self, x: Tensor, samples: int, chunk: int = 0) -> Tensor:
        """log p(x, z_k) - log q(z_k|x) of K = `samples` codes z_k ~ q(z|x), (B, C, R, R) -> (K, B) in nats; `chunk`
        codes of an image are decoded at a time, all where it is 0."""
        ...


@runtime_checkable
class TrainedOn(Protocol):
    trained_on: str
    """The network whose features an objective reads, "" where it reads none: another one must judge."""


@runtime_checkable
class HasDomains(Protocol):
    """Training data of two domains, whose batches have sources."""

    @property
    def knows_pairs(self) -> bool:
        """Whether each source's true counterpart is known."""
        ...

    @property
    def in_pairs(self) -> bool:
        """Whether a batch shows each source beside its own target."""
        ...


@runtime_checkable
class Translates(Protocol):
    def translate(self, sources: Tensor) -> Tensor:
        """The image that the model makes of each source, (B, S, H, W) -> (B, C, H, W) in [-1, 1]."""
        ...

    def paired(self, batch: Batch) -> Batch:
        """The batch with its sources: those of the data, or its images degraded; UserError where there are none."""
        ...

    def source_settings(self) -> dict[str, object]:
        """What sources that it makes depend on: plain values, and functions."""
        ...

    def source_of(self, x: Tensor, missing: Tensor) -> Tensor:
        """The source that an image is as it comes, with pixels `missing`, (B, 1, H, W) bool. (B, C, H, W) ->
        (B, S, …)"""
        ...


@runtime_checkable
class TranslatesBack(Translates, Protocol):
    def translate_back(self, targets: Tensor) -> Tensor:
        """The source that the model makes of each target, (B, C, H, W) -> (B, C, H, W) in [-1, 1]."""
        ...


@runtime_checkable
class HasMaps(Protocol):
    def maps(self, x: Tensor) -> list[Tensor]:
        """An image and maps of it inside a network, (B, C, H, W) -> (B, c, h, w) each."""
        ...


@runtime_checkable
class OrdersCodes(Protocol):
    """A prior over grids of codes, each given those before it in raster order."""

    def in_order(self, choose: Callable[[int, Tensor], Tensor], count: int, side: int) -> Tensor:
        """Grids of codes, (count, side, side) int64: `choose` is given a code's place and its logits given those before
        it, (count, K), and returns the codes, (count,)."""
        ...


@runtime_checkable
class HasDiscreteCodes(Protocol):
    code_prior: Any
    """p(codes), an `OrdersCodes` where they can be coded one by one."""

    def codes(self, x: Tensor) -> Tensor:
        """Map of codes of each image, (B, C, R, R) -> (B, side, side) int64."""
        ...

    def decode_codes(self, codes: Tensor) -> Tensor:
        """Image of each map of codes, (B, side, side) -> (B, C, R, R) in [-1, 1]."""
        ...


@runtime_checkable
class Grows(Protocol):
    levels: int
    """Doublings of the image's side, from the smallest size on, that a network takes in one after the other."""
