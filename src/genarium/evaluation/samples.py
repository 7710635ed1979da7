"""Numbers of samples: what the features of generated images say beside those of real ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from torch import Tensor

from genarium.evaluation.features import Set
from genarium.metrics.diversity import diversity
from genarium.metrics.frechet import frechet_distance, statistics
from genarium.metrics.inception_score import inception_score
from genarium.metrics.kernel import kernel_distance
from genarium.metrics.manifold import manifold
from genarium.metrics.memorisation import memorisation
from genarium.metrics.result import Result

Settings = Mapping[str, Mapping[str, object]]


def heard(chunks: Iterable[Tensor], hear: Callable[[Tensor], object]) -> Iterator[Tensor]:
    """The same chunks, each shown to `hear` as it passes."""
    for images in chunks:
        hear(images)
        yield images


def distances(made: Set, real: Set, held_out: Set, metrics: Settings, seed: int) -> list[Result]:
    """Every number of a generated set that its features and logits allow."""
    features = {"generated": made.features, "real": real.features}
    found = [
        frechet_distance(generated=statistics(made.features), real=statistics(real.features)),
        kernel_distance(**features, **kernel(made, real, metrics=metrics, seed=seed)),
        manifold(**features, **metrics["manifold"]),
        diversity(generated=made.features),
        memorisation(generated=made.features, train=real.features, held_out=held_out.features),
    ]
    if made.logits is not None:
        found.append(inception_score(logits=made.logits, **metrics["inception_score"], seed=seed))
    return found


def kernel(*sides: Set, metrics: Settings, seed: int) -> dict[str, object]:
    """KID's settings; where a side has no more images than a subset, subsets are halves of it."""
    settings = metrics["kernel"]
    smallest = min(len(side.features) for side in sides)
    size = settings["subset_size"] if settings["subset_size"] < smallest else max(2, smallest // 2)
    return {**settings, "subset_size": size, "seed": seed}
