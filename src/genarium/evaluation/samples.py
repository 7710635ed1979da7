"""Measures of generated images' features against those of real ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from torch import Tensor

from genarium.evaluation.extractors import Extractor
from genarium.evaluation.features import FeatureSet
from genarium.evaluation.number_book import Measure
from genarium.metrics.frechet import frechet_distance, statistics
from genarium.metrics.inception_score import inception_score
from genarium.metrics.kernel_distance import kernel_distance
from genarium.metrics.mean_pairwise_distance import mean_pairwise_distance
from genarium.metrics.precision_recall import manifold
from genarium.metrics.result import Result
from genarium.metrics.vendi_score import vendi_score

Settings = Mapping[str, Mapping[str, Any]]
GIVES = (
    "frechet", "kernel", "kernel_std", "precision", "recall", "density", "coverage", "mean_pairwise_distance",
    "vendi_score",
    "inception_score", "inception_score_std",
)  # fmt: skip
"""What is left out where no samples can be had."""
OTHER_NETWORKS = {"frechet": "fd", "kernel": "kd", "inception_score": "class_score"}
"""What FID, KID and Inception Score are called on features of other networks than Inception."""


def known_as(extractor: Extractor, name: str) -> str:
    """The field's name of a number: FID's is Inception's alone."""
    inception = extractor.frechet_name.startswith("fid/")
    family = {"frechet": "fid", "kernel": "kid"} if inception else OTHER_NETWORKS
    number, suffix = (name.removesuffix("_std"), "_std") if name.endswith("_std") else (name, "")
    return family.get(number, number) + suffix


def tee(chunks: Iterable[Tensor], hear: Callable[[Tensor], object]) -> Iterator[Tensor]:
    """Tee of a stream: chunks pass through unchanged, and each is given to `hear`."""
    for images in chunks:
        hear(images)
        yield images


def measures(made: FeatureSet, real: FeatureSet, metrics: Settings, seed: int) -> list[Measure]:
    """Every metric of a generated set that its features and logits allow, each with its own terms."""
    features: dict[str, Any] = {"generated": made.features, "real": real.features}
    of_kernel, shares = kernel(made, real, metrics=metrics), metrics["manifold"]
    inside = cache(lambda: manifold(**features, **shares))
    found = [
        Measure(
            ("frechet",),
            lambda: frechet_distance(generated=statistics(made.features), real=statistics(real.features)),
        ),
        Measure(
            ("kernel", "kernel_std"),
            lambda: kernel_distance(**features, **of_kernel, seed=seed),
            {"kernel": of_kernel},
            "kernel",
        ),
        some_of(("precision", "recall"), inside, {"manifold": {"k": shares["k"]}}),
        some_of(("density", "coverage"), inside, {"manifold": {"density_k": shares["density_k"]}}),
        Measure(
            ("mean_pairwise_distance", "vendi_score"),
            lambda: mean_pairwise_distance(generated=made.features) | vendi_score(generated=made.features),
        ),
    ]
    if (logits := made.logits) is not None:
        of_score, gives = metrics["inception_score"], ("inception_score", "inception_score_std")
        find = lambda: inception_score(logits=logits, **of_score, seed=seed)
        found.append(Measure(gives, find, {"inception_score": of_score}, "inception_score"))
    return found


def some_of(gives: tuple[str, ...], find: Callable[[], Result], terms: Mapping[str, object]) -> Measure:
    """Two of the four shares, which one search finds."""
    return Measure(gives, lambda: find().only(*gives), terms, "manifold")


def kernel(*sides: FeatureSet, metrics: Settings) -> dict[str, Any]:
    """KID's settings; where a side has no more images than a subset, subsets are halves of it."""
    settings = metrics["kernel"]
    smallest = min(len(side.features) for side in sides)
    size = settings["subset_size"] if settings["subset_size"] < smallest else max(2, smallest // 2)
    return {**settings, "subset_size": size}
