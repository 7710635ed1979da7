"""The evaluation: one pass over one model's images, every number with the protocol that made it."""

from collections.abc import Callable, Mapping, Sequence

import torch

from genarium.errors import UserError
from genarium.evaluation import codes, generated, reconstructions
from genarium.evaluation.extractors import Extractor, full_float32
from genarium.evaluation.features import of_generated, of_real
from genarium.evaluation.measures import OF_HELD_OUT, OF_SAMPLES, SPLITS, check
from genarium.evaluation.number_book import CANNOT, Book, Measure
from genarium.evaluation.points import Points, count_modes
from genarium.evaluation.protocol import Subject, of_generation, short
from genarium.evaluation.reconstructions import CHUNK, some
from genarium.evaluation.samplers import Sampler
from genarium.metrics.intra_fd import intra_class_frechet
from genarium.protocols import Encodes, Infers, Reconstructs, SamplesClass, Weighs

Tick = Callable[[int], None]
Step = Callable[[Subject, Book, Tick], None]


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
        """`parts` of PARTS: distances of `samples` to the data, `memorisation` of training images, known `modes` that
        samples cover, distances class by class (`classes`), reconstructions, codes. What a model or its data does not
        offer is left out.

        `count` generated images against as many of `split`; reconstructions and codes are of as many of `held_out`.
        What is fitted or searched is of the training images, whatever the split. `extractor=None` where nothing is
        measured by features. `metrics` has settings by metric.
        """
        if count < 2:
            raise UserError(f"evaluation.count={count}: must be 2 or more")
        check(parts, {"split": split, "held_out": held_out}, extractor is not None)
        self.extractor, self.sampler, self.parts, self.count, self.seed = extractor, sampler, set(parts), count, seed
        self.split, self.held_out = split, held_out
        self.metrics = {name: dict(settings) for name, settings in metrics.items()}

    def measure(self, model, data, tick: Tick = lambda count: None, checkpoint: str = "last") -> Book:
        """Every number that the model's capabilities allow, and the reason for each that cannot be had; `tick` is told
        of each image that is done.

        `model` is a Module, evaluated with its averaged weights where it keeps some; `data` an opened DataModule, or a
        mixture of points, of which only modes are measured; `checkpoint` says where the weights are from.
        """
        steps, book = self.steps(model, data), Book(model.images_seen, checkpoint)
        subject = Subject(model, data, self.seed, checkpoint)
        with model.evaluating(self.seed), full_float32(subject.device):
            for part, step in steps.items():
                torch.manual_seed(self.seed)  # no part's numbers depend on what else is measured
                try:
                    step(subject, book, tick)
                except CANNOT as error:  # a split that is not there, a model that fails: the other parts stand
                    book.leave_out((part,), f"{{}}/{self.held_out if part in OF_HELD_OUT else self.split}", error)
        return book

    def steps(self, model, data) -> dict[str, Step]:
        """Part -> how it is measured, for what is asked for and offered; UserError where that is nothing, or where the
        chosen sampler cannot be had of this model."""
        points = isinstance(data, Points)
        asked = {part for part in self.parts if part in OF_SAMPLES and (part != "modes" or points or data.modes)}
        offered = {
            "modes": (points and "modes" in asked, self.of_points),
            "samples": (not points and bool(asked), self.of_samples),
            "classes": (not points and isinstance(model, SamplesClass), self.of_classes),
            "reconstructions": (not points and isinstance(model, Reconstructs), self.of_reconstructions),
            "codes": (not points and isinstance(model, (Infers, Weighs, Encodes)), self.of_codes),
        }
        wanted = {part: part in self.parts or (part == "samples" and bool(asked)) for part in offered}
        found = {part: step for part, (can, step) in offered.items() if can and wanted[part]}
        if not found:
            raise UserError(f"model and data offer nothing of evaluation.parts: {', '.join(sorted(self.parts))}")
        if {"samples", "modes"} & found.keys():
            self.sampler.refuse(model)
        return found

    def of_points(self, subject: Subject, book: Book, tick: Tick) -> None:
        count_modes(subject, self.sampler, self.count, book, tick)

    def of_samples(self, subject: Subject, book: Book, tick: Tick) -> None:
        generated.measure(self, subject, book, tick)

    def of_classes(self, subject: Subject, book: Book, tick: Tick) -> None:
        """Samples with the labels of the real images, compared class by class."""
        rows = some(subject.data.split_indices(self.split), self.count)
        real = of_real(subject.data, rows, self.extractor, tick)
        generator = torch.Generator().manual_seed(self.seed)
        chunks = (
            subject.model.sample_class(labels, generator) for labels in real.labels.to(subject.device).split(CHUNK)
        )
        made = of_generated(chunks, self.extractor, tick)
        sides = {"generated": made.features, "real": real.beside(made).features}
        labels = {"generated_labels": real.labels, "real_labels": real.labels}
        find = lambda: intra_class_frechet(**sides, **labels, names=subject.data.packed.classes)
        terms = subject.of(self.split, rows) | of_generation(len(rows), "each real image's class")
        names = f"{{}}/{self.extractor.frechet_name.partition('/')[2]}/{short(self.count)}_{self.split}"
        extractor = {"extractor": self.extractor.settings()}
        book.measure(Measure(("frechet_intra",), find), names, terms | extractor, made.warnings)

    def of_reconstructions(self, subject: Subject, book: Book, tick: Tick) -> None:
        rows = some(subject.data.split_indices(self.held_out), self.count)
        terms = subject.of(self.held_out, rows) | {"reconstructed": "as they are, clamped to [-1, 1]"}
        for one in reconstructions.measures(subject.model, subject.data, rows, self.metrics, tick):
            book.measure(one, f"{{}}/{self.held_out}", terms)

    def of_codes(self, subject: Subject, book: Book, tick: Tick) -> None:
        rows = some(subject.data.split_indices(self.held_out), self.count)
        for one in codes.measures(subject, rows, self.metrics):
            torch.manual_seed(self.seed)
            book.measure(one, f"{{}}/{self.held_out}", subject.of(self.held_out, rows))

    def to(self, device: torch.device) -> "Evaluation":
        if self.extractor is not None:
            self.extractor.to(device)
        return self

    def work(self, model, data) -> int:
        """How many images `measure` will tell `tick` of, about."""
        steps = self.steps(model, data)
        if isinstance(data, Points):
            return self.count
        sizes = {name: int((data.packed.splits == place).sum()) for place, name in enumerate(SPLITS)}
        real, held = (min(self.count, sizes[name]) for name in (self.split, self.held_out))
        samples, memorisation = ({part} <= self.parts for part in ("samples", "memorisation"))
        return (
            ("samples" in steps) * (self.count + samples * real)
            + memorisation * (sizes["train"] + held)
            + ("classes" in steps) * 2 * real
            + ("reconstructions" in steps) * held
        )
