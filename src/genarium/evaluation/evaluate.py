"""The evaluation: one pass over one model's images, every number with the protocol that made it."""

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from genarium.errors import UserError, nearest
from genarium.evaluation import codes, reconstructions
from genarium.evaluation.classifier import ModeClassifier, mode_classifier
from genarium.evaluation.extractors import Extractor
from genarium.evaluation.features import Set, of_generated, of_real
from genarium.evaluation.points import Points, count_modes
from genarium.evaluation.protocol import Book, of_generation, shared, short
from genarium.evaluation.reconstructions import CHUNK, images_of, some
from genarium.evaluation.samplers import FITTED, Sampler
from genarium.evaluation.samples import distances, heard, kernel
from genarium.metrics.conditional import intra_class_frechet
from genarium.metrics.modes import mode_coverage_of_labels
from genarium.metrics.result import Result
from genarium.protocols import Reconstructs, SamplesClass

PARTS = ("samples", "modes", "classes", "reconstructions", "codes")
OF_FEATURES = {"samples", "classes"}


class Evaluation:
    """Settings of a protocol; `measure` applies it to a model."""

    def __init__(
        self,
        extractor: Extractor | None,
        sampler: Sampler,
        parts: Sequence[str],
        count: int,
        split: str,
        held_out: str,
        seed: int,
        metrics: Mapping[str, Mapping[str, object]],
    ) -> None:
        """`parts` of PARTS: distances of `samples` to the data, known `modes` that they cover, distances class by class
        (`classes`), reconstructions, codes. What a model or its data does not offer is left out.

        `count` generated images against as many of `split`; reconstructions and codes are of as many of `held_out`.
        `extractor=None` where nothing is measured by features. `metrics` has settings by metric.
        """
        if count < 2:
            raise UserError(f"evaluation.count={count}: must be 2 or more")
        for part in parts:
            if part not in PARTS:
                raise UserError(f"evaluation.parts has no '{part}'{nearest(part, PARTS)}")
        if extractor is None and (asked := OF_FEATURES & set(parts)):
            raise UserError(f"evaluation.parts asks for {' and '.join(sorted(asked))}, which need an extractor")
        self.extractor, self.sampler, self.parts, self.count, self.seed = extractor, sampler, set(parts), count, seed
        self.split, self.held_out = split, held_out
        self.metrics = {name: dict(settings) for name, settings in metrics.items()}

    def measure(self, model, data, tick: Callable[[int], None] = lambda count: None) -> Book:
        """Every number that the model's capabilities allow; `tick` is told of each image that is done.

        `model` is a Module, evaluated with its averaged weights where it keeps some; `data` an opened DataModule, or a
        mixture of points, of which only modes are measured.
        """
        book = Book(model.images_seen)
        with model.evaluating(self.seed):
            for step in self.steps(model, data):
                torch.manual_seed(self.seed)  # no part's numbers depend on what else is measured
                step(model, data, book, tick)
        if not book.numbers:
            raise UserError(f"model and data offer nothing of evaluation.parts: {', '.join(sorted(self.parts))}")
        return book

    def steps(self, model, data) -> list[Callable]:
        """What is asked for and can be had."""
        if isinstance(data, Points):
            return [self.of_points] if "modes" in self.parts else []
        offered = [
            (bool({"samples", "modes"} & self.parts), self.of_samples),
            ("classes" in self.parts and isinstance(model, SamplesClass), self.of_classes),
            ("reconstructions" in self.parts and isinstance(model, Reconstructs), self.of_reconstructions),
            ("codes" in self.parts, self.of_codes),
        ]
        return [step for wanted, step in offered if wanted]

    def of_points(self, model, data: Points, book: Book, tick: Callable[[int], None]) -> None:
        count_modes(model, data, self.sampler, self.count, self.seed, book, tick)

    def of_samples(self, model, data, book: Book, tick: Callable[[int], None]) -> None:
        """Distances, and modes where the data knows them, of the images of one pass."""
        told: list[Tensor] = []
        judge = mode_classifier(data, self.held_out, self.metrics["modes"]) if self.modes(data) else None
        if judge is None and "samples" not in self.parts:
            return
        fitting = some(data.split_indices(self.split), FITTED)
        parts = (fitting[start : start + CHUNK] for start in range(0, len(fitting), CHUNK))
        self.sampler.fit(model, (images_of(data, part, next(model.parameters()).device) for part in parts))
        chunks = self.sampler.chunks(model, self.count, torch.Generator().manual_seed(self.seed))
        if judge:
            chunks = heard(chunks, lambda images: told.append(judge(images)))
        if "samples" in self.parts:
            self.compare(of_generated(chunks, self.extractor, tick), model, data, book, tick)
        else:
            for images in chunks:
                tick(len(images))
        if judge:
            self.count_modes(judge, torch.cat(told), model, data, book)

    def compare(self, made: Set, model, data, book: Book, tick: Callable[[int], None]) -> None:
        """Enter the distances of generated images to real ones."""
        rows, held_rows = (some(data.split_indices(name), self.count) for name in (self.split, self.held_out))
        real, held_out = (of_real(data, part, self.extractor, tick) for part in (rows, held_rows))
        terms = shared(model, data, self.split, rows, self.seed) | of_generation(self.count, self.sampler.told) | {
            "extractor": self.extractor.settings(), "held_out": f"{len(held_rows)} of {self.held_out}",
            "kernel": kernel(made, real, metrics=self.metrics, seed=self.seed), "manifold": self.metrics["manifold"],
            "inception_score": self.metrics["inception_score"],
        }  # fmt: skip
        family, _, network = self.extractor.frechet_name.partition("/")
        known_as = {"frechet": family, "kernel": "kid", "kernel_sd": "kid_sd"}
        for result in distances(made, real, held_out, self.metrics, self.seed):
            named = {known_as.get(name, name): value for name, value in result.values.items()}
            names = f"{{}}/{network}/{short(self.count)}_{self.split}{self.sampler.suffix}"
            book.enter(Result(named, result.warnings + made.warnings), names, terms)

    def count_modes(self, judge: ModeClassifier, told: Tensor, model, data, book: Book) -> None:
        """Enter the modes that the classifier tells, (N,), and how far it is to be believed."""
        learnt, tried = (data.packed.indices(name) for name in ("train", self.held_out))
        settings = {"mode_classifier": judge.settings}
        terms = shared(model, data, "train", learnt, self.seed) | of_generation(len(told), self.sampler.told) | settings
        found = mode_coverage_of_labels(told, math.prod(data.modes))
        book.enter(found, f"{{}}/{short(len(told))}{self.sampler.suffix}", terms)
        terms = shared(model, data, self.held_out, tried, self.seed) | settings
        book.enter(Result({"mode_classifier_accuracy": judge.accuracy}), f"{{}}/{self.held_out}", terms)

    def of_classes(self, model: SamplesClass, data, book: Book, tick: Callable[[int], None]) -> None:
        """Samples with the labels of the real images, compared class by class."""
        rows = some(data.split_indices(self.split), self.count)
        real = of_real(data, rows, self.extractor, tick)
        generator = torch.Generator().manual_seed(self.seed)
        chunks = (model.sample_class(labels, generator) for labels in real.labels.split(CHUNK))
        made = of_generated(chunks, self.extractor, tick)
        sides = {"generated": made.features, "real": real.features}
        labels = {"generated_labels": real.labels, "real_labels": real.labels}
        found = intra_class_frechet(**sides, **labels, names=data.packed.classes)
        terms = shared(model, data, self.split, rows, self.seed) | of_generation(len(rows), "each real image's class")
        names = f"{{}}/{self.extractor.frechet_name.partition('/')[2]}/{short(self.count)}_{self.split}"
        found = Result(found.values, found.warnings + made.warnings)
        book.enter(found, names, terms | {"extractor": self.extractor.settings()})

    def of_reconstructions(self, model: Reconstructs, data, book: Book, tick: Callable[[int], None]) -> None:
        rows = some(data.split_indices(self.held_out), self.count)
        terms = shared(model, data, self.held_out, rows, self.seed) | {"images": "as they are, clamped to [-1, 1]"}
        for found, settings in reconstructions.measure(model, data, rows, self.metrics, tick):
            book.enter(found, f"{{}}/{self.held_out}", terms | settings)

    def of_codes(self, model, data, book: Book, tick: Callable[[int], None]) -> None:
        rows = some(data.split_indices(self.held_out), self.count)
        terms = shared(model, data, self.held_out, rows, self.seed)
        for found, settings in codes.measure(model, data, rows, self.metrics, self.seed):
            book.enter(found, f"{{}}/{self.held_out}", terms | settings)

    def modes(self, data) -> bool:
        """Whether modes are asked for, and known."""
        return "modes" in self.parts and bool(data.modes)

    def to(self, device: torch.device) -> "Evaluation":
        if self.extractor is not None:
            self.extractor.to(device)
        return self

    def work(self, model, data) -> int:
        """How many images `measure` will tell `tick` of, about."""
        if isinstance(data, Points):
            return self.count
        real, held = (min(self.count, len(data.split_indices(name))) for name in (self.split, self.held_out))
        samples = "samples" in self.parts
        return (
            (samples or self.modes(data)) * self.count
            + samples * (real + held)
            + ("classes" in self.parts and isinstance(model, SamplesClass)) * 2 * real
            + ("reconstructions" in self.parts and isinstance(model, Reconstructs)) * held
        )
