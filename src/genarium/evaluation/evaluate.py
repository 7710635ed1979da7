"""The evaluation: one pass over one model's images, every number with the protocol that made it."""

from collections.abc import Callable, Mapping
from importlib import metadata

import numpy as np
import torch

from genarium.errors import UserError
from genarium.evaluation import codes, reconstructions
from genarium.evaluation.extractors import Extractor
from genarium.evaluation.features import Set, of_generated, of_real
from genarium.evaluation.protocol import Book, short
from genarium.evaluation.reconstructions import CHUNK, images_of, some
from genarium.evaluation.samplers import Sampler
from genarium.metrics.conditional import intra_class_frechet
from genarium.metrics.diversity import diversity
from genarium.metrics.frechet import frechet_distance, statistics
from genarium.metrics.inception_score import inception_score
from genarium.metrics.kernel import kernel_distance
from genarium.metrics.manifold import manifold
from genarium.metrics.memorisation import memorisation
from genarium.metrics.result import Result
from genarium.protocols import Reconstructs, SamplesClass

FITTED = 10_000  # training images, at most, whose codes a sampler's density is fitted to
VERSIONS = ("genarium", "torch", "torch-fidelity", "torchmetrics", "numpy", "scikit-learn")


class Evaluation:
    """Settings of a protocol; `measure` applies it to a model."""

    def __init__(
        self,
        extractor: Extractor | None,
        sampler: Sampler,
        count: int,
        split: str,
        held_out: str,
        seed: int,
        metrics: Mapping[str, Mapping[str, object]],
    ) -> None:
        """`extractor=None`: no numbers of samples. Else `count` generated images against as many of `split`.

        Reconstructions and codes are of as many of `held_out`; `metrics` has settings by metric (kernel, manifold,
        inception_score, codes, likelihood, factors, probes).
        """
        if count < 2:
            raise UserError(f"evaluation.count={count}: must be 2 or more")
        self.extractor, self.sampler, self.count, self.seed = extractor, sampler, count, seed
        self.split, self.held_out = split, held_out
        self.metrics = {name: dict(settings) for name, settings in metrics.items()}

    def measure(self, model, data, tick: Callable[[int], None] = lambda count: None) -> Book:
        """Every number that the model's capabilities allow; `tick` is told of each image that is done.

        `model` is a Module, evaluated with its averaged weights where it keeps some; `data` an opened DataModule.
        """
        book = Book(model.images_seen)
        with model.evaluating(self.seed):
            if self.extractor is not None:
                self.of_samples(model, data, book, tick)
            if isinstance(model, Reconstructs):
                rows = some(data.split_indices(self.held_out), self.count)
                terms = self.terms(model, data, self.held_out, rows)
                found = reconstructions.measure(model, data, rows, tick)
                book.enter(found, f"{{}}/{self.held_out}", terms | {"images": "as they are, clamped to [-1, 1]"})
            for found, settings in codes.measure(model, data, self.held_out, self.count, self.metrics, self.seed):
                rows = some(data.split_indices(self.held_out), self.count)
                terms = self.terms(model, data, self.held_out, rows)
                book.enter(found, f"{{}}/{self.held_out}", terms | settings)
        return book

    def of_samples(self, model, data, book: Book, tick: Callable[[int], None]) -> None:
        train = data.split_indices(self.split)
        rows = some(train, self.count)
        device = next(model.parameters()).device
        fitting = some(train, FITTED)
        parts = (fitting[start : start + CHUNK] for start in range(0, len(fitting), CHUNK))
        self.sampler.fit(model, (images_of(data, part, device) for part in parts))
        real = of_real(data, rows, self.extractor, tick)
        held_rows = some(data.split_indices(self.held_out), self.count)
        held_out = of_real(data, held_rows, self.extractor, tick)
        generator = torch.Generator().manual_seed(self.seed)
        made = of_generated(self.sampler.chunks(model, self.count, generator), self.extractor, tick)
        terms = self.terms(model, data, self.split, rows) | {
            "generated": self.count, "sampler": self.sampler.name, "extractor": self.extractor.settings(),
            "rounding": "to 8 bits by round and clamp", "held_out": f"{len(held_rows)} of {self.held_out}",
            "kernel": self.kernel(real, made), "manifold": self.metrics["manifold"],
            "inception_score": self.metrics["inception_score"],
        }  # fmt: skip
        size = f"{short(self.count)}_{self.split}"
        family, _, network = self.extractor.frechet_name.partition("/")
        for result in self.distances(made, real, held_out):
            shared = {"frechet": family, "kernel": "kid", "kernel_sd": "kid_sd"}
            named = {shared.get(name, name): value for name, value in result.values.items()}
            book.enter(Result(named, result.warnings + made.warnings), f"{{}}/{network}/{size}", terms)
        if isinstance(model, SamplesClass):
            result = self.per_class(model, real, tick)
            book.enter(result, f"{{}}/{network}/{size}", terms)

    def kernel(self, *sides: Set) -> dict[str, int]:
        """KID's settings; where a side has no more images than a subset, subsets are halves of it."""
        settings = self.metrics["kernel"]
        smallest = min(len(side.features) for side in sides)
        size = settings["subset_size"] if settings["subset_size"] < smallest else max(2, smallest // 2)
        return settings | {"subset_size": size, "seed": self.seed}

    def distances(self, made: Set, real: Set, held_out: Set) -> list[Result]:
        features = {"generated": made.features, "real": real.features}
        found = [
            frechet_distance(generated=statistics(made.features), real=statistics(real.features)),
            kernel_distance(**features, **self.kernel(made, real)),
            manifold(**features, **self.metrics["manifold"]),
            diversity(generated=made.features),
            memorisation(generated=made.features, train=real.features, held_out=held_out.features),
        ]
        if made.logits is not None:
            found.append(inception_score(logits=made.logits, **self.metrics["inception_score"], seed=self.seed))
        return found

    def per_class(self, model: SamplesClass, real: Set, tick: Callable[[int], None]) -> Result:
        """Samples with the labels of the real images, compared class by class."""
        generator = torch.Generator().manual_seed(self.seed)
        chunks = (model.sample_class(labels, generator) for labels in real.labels.split(100))
        made = of_generated(chunks, self.extractor, tick)
        sides = {"generated": made.features, "real": real.features}
        return intra_class_frechet(**sides, generated_labels=real.labels, real_labels=real.labels)

    def terms(self, model, data, split: str, rows: np.ndarray) -> dict[str, object]:
        """The part of the protocol that every number shares."""
        packed = data.packed
        return {
            "data": packed.name,
            "content": packed.hash,
            "split": split,
            "real": len(rows),
            "resolution": packed.images.shape[-1],
            "binarised": data.binarise,
            "weights": "averaged" if len(model.averages) else "raw",
            "seed": self.seed,
            "versions": {name: metadata.version(name) for name in VERSIONS},
        }

    def work(self, model, data) -> int:
        """How many images `measure` will tell `tick` of, about."""
        held = min(self.count, len(data.split_indices(self.held_out)))
        real = min(self.count, len(data.split_indices(self.split)))
        again = held * isinstance(model, Reconstructs)
        return again + (self.extractor is not None) * (self.count + held + real * (1 + isinstance(model, SamplesClass)))
