"""The evaluation: one pass over one model's images, every number with the protocol that made it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from genarium.errors import UserError
from genarium.evaluation import anomalies, classification, codes, generated, maps, reconstructions, translations
from genarium.evaluation.contracts import EvaluableModel, ImageData, PointData, Progress, SignalData
from genarium.evaluation.extractors import Extractor, full_float32
from genarium.evaluation.features import of_generated, of_real
from genarium.evaluation.measures import OF_SAMPLES, SPLITS, check, split_of
from genarium.evaluation.number_book import CANNOT, Measure, NumberBook
from genarium.evaluation.points import count_modes
from genarium.evaluation.protocol import Subject, of_generation, short
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced
from genarium.evaluation.samplers import Sampler
from genarium.evaluation.signals import refuse_features
from genarium.metrics.intra_fd import intra_class_frechet
from genarium.protocols import (
    Classifies,
    DataModule,
    Discriminates,
    Encodes,
    Infers,
    Reconstructs,
    SamplesClass,
    Translates,
    Weighs,
)

Step = Callable[[Subject, NumberBook, Progress], None]


class Evaluation:
    """Settings of a protocol; `measure` applies it to a model."""

    def __init__(
        self,
        extractor: Extractor | None,
        sampler: Sampler,
        measures: Sequence[str],
        num_samples: int,
        reference_split: str,
        heldout_split: str,
        seed: int,
        metrics: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """`measures` of MEASURES: distances of `samples` to the data, `memorization` of training images, known `modes`
        that samples cover, distances class by class (`classes`), reconstructions, translations, codes, `maps` of codes
        in the plane, `classification` by the model, `anomalies` beside the classes that trained. What a model or its
        data does not offer is left out.

        `num_samples` generated images against as many of `reference_split`; reconstructions and codes are of as many
        of `heldout_split`.
        What is fitted or searched is of the training images, whatever the split. `extractor=None` where nothing is
        measured by features. `metrics` has settings by metric.
        """
        if num_samples < 2:
            raise UserError(f"evaluation.num_samples={num_samples}: must be 2 or more")
        check(measures, {"reference_split": reference_split, "heldout_split": heldout_split}, extractor is not None)
        self.extractor, self.sampler, self.measures = extractor, sampler, set(measures)
        self.num_samples, self.seed = num_samples, seed
        self.reference_split, self.heldout_split = reference_split, heldout_split
        self.metrics = {name: dict(settings) for name, settings in metrics.items()}

    @property
    def of_test(self) -> str:
        """The first setting by which test images are measured; '' where none are."""
        settings = {"reference_split": self.reference_split, "heldout_split": self.heldout_split}
        named = [f"{key}=test" for key, split in settings.items() if split == "test"]
        return next(iter([*named, *(["measures=[anomalies]"] if "anomalies" in self.measures else [])]), "")

    def measure(
        self,
        model: EvaluableModel,
        data: DataModule,
        progress: Progress = lambda count: None,
        checkpoint: str = "last",
    ) -> NumberBook:
        """Every number that the model's capabilities allow, and the reason for each that cannot be had; `progress` is
        told of each image that is done.

        `model` is a Module, evaluated with its averaged weights where it keeps some; `data` an opened DataModule, or a
        mixture of points, of which only modes are measured; `checkpoint` says where the weights are from.
        """
        steps, book = self.steps(model, data), NumberBook(model.images_seen, checkpoint)
        subject = Subject(model, data, self.seed, checkpoint)
        with model.evaluating(self.seed), full_float32(subject.device):
            for part, step in steps.items():
                torch.manual_seed(self.seed)  # no part's numbers depend on what else is measured
                try:
                    step(subject, book, progress)
                except CANNOT as error:  # a split that is not there, a model that fails: the other parts stand
                    split = split_of(part, self.reference_split, self.heldout_split)
                    book.leave_out((part,), f"{{}}/{split}", error)
        return book

    def steps(self, model: EvaluableModel, data: DataModule) -> dict[str, Step]:
        """Part -> how it is measured, for what is asked for and offered; UserError where that is nothing, or where the
        chosen sampler cannot be had of this model."""
        points = isinstance(data, PointData)
        known_modes = points or (isinstance(data, ImageData) and bool(data.modes))
        asked = {part for part in self.measures if part in OF_SAMPLES and (part != "modes" or known_modes)}
        offered = {
            "modes": (points and "modes" in asked, self.measure_points),
            "samples": (not points and bool(asked) and not isinstance(model, Translates), self.measure_samples),
            "classes": (not points and isinstance(model, SamplesClass), self.measure_classes),
            "reconstructions": (not points and isinstance(model, Reconstructs), self.measure_reconstructions),
            "translations": (not points and isinstance(model, Translates), self.measure_translations),
            "codes": (not points and isinstance(model, (Infers, Weighs, Encodes)), self.measure_codes),
            "maps": (not points and isinstance(model, Encodes), self.measure_maps),
            "classification": (not points and isinstance(model, Classifies), self.measure_classification),
            "anomalies": (not points and isinstance(model, (Reconstructs, Discriminates)), self.measure_anomalies),
        }
        wanted = {part: part in self.measures or (part == "samples" and bool(asked)) for part in offered}
        found = {part: step for part, (can, step) in offered.items() if can and wanted[part]}
        if not found:
            raise UserError(f"model and data offer nothing of evaluation.measures: {', '.join(sorted(self.measures))}")
        if {"samples", "modes"} & found.keys():
            self.sampler.refuse(model)
        if "translations" in found:
            translations.refuse_own_judge(self.extractor, model)
        return found

    def measure_points(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        count_modes(subject, self.sampler, self.num_samples, book, progress)

    def measure_samples(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        if isinstance(subject.data, SignalData):
            refuse_features()
        generated.measure(self, subject, book, progress)

    def measure_classes(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        """Samples with the labels of the real images, compared class by class."""
        if isinstance(subject.data, SignalData):
            refuse_features()
        model, extractor = subject.model, self.extractor
        assert isinstance(model, SamplesClass) and extractor is not None
        rows = evenly_spaced(subject.images.split_indices(self.reference_split), self.num_samples)
        real = of_real(subject.images, rows, extractor, progress)
        generator = torch.Generator().manual_seed(self.seed)
        known = torch.from_numpy(subject.images.packed.labels[rows])
        chunks = (model.sample_class(labels, generator) for labels in known.to(subject.device).split(CHUNK))
        made = of_generated(chunks, extractor, progress)
        find = lambda: intra_class_frechet(
            generated=made.features,
            generated_labels=known,
            real=real.beside(made).features,
            real_labels=known,
            names=subject.images.packed.classes,
        )
        terms = subject.of(self.reference_split, rows) | of_generation(len(rows), "each real image's class")
        names = f"{{}}/{extractor.frechet_name.partition('/')[2]}/{short(self.num_samples)}_{self.reference_split}"
        terms |= {"extractor": extractor.settings()}
        book.measure(Measure(("intra_fd",), find), names, terms, made.warnings)

    def measure_reconstructions(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        rows = evenly_spaced(subject.images.split_indices(self.heldout_split), self.num_samples)
        terms = subject.of(self.heldout_split, rows) | {"reconstructed": "as they are, clamped to [-1, 1]"}
        for one in reconstructions.measures(subject.model, subject.images, rows, self.metrics, progress):
            book.measure(one, f"{{}}/{self.heldout_split}", terms)

    def measure_translations(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        translations.measure(self, subject, book, progress)

    def measure_codes(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        rows = evenly_spaced(subject.images.split_indices(self.heldout_split), self.num_samples)
        for one in codes.measures(subject, rows, self.metrics):
            torch.manual_seed(self.seed)
            book.measure(one, f"{{}}/{self.heldout_split}", subject.of(self.heldout_split, rows))

    def measure_maps(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        maps.measure(subject, book, self.heldout_split, self.num_samples, self.metrics["maps"])

    def measure_classification(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        classification.measure(subject, book, self.heldout_split, self.num_samples)

    def measure_anomalies(self, subject: Subject, book: NumberBook, progress: Progress) -> None:
        anomalies.measure(subject, book, self.extractor, self.num_samples, self.metrics["anomalies"], progress)

    def to(self, device: torch.device) -> "Evaluation":
        if self.extractor is not None:
            self.extractor.to(device)
        return self

    def work(self, model: EvaluableModel, data: DataModule) -> int:
        """Approximate number of images that `measure` will report to `progress`."""
        steps = self.steps(model, data)
        if not isinstance(data, ImageData):
            return self.num_samples
        sizes = {name: data.packed.count(name) for name in SPLITS}
        real, held = (min(self.num_samples, sizes[name]) for name in (self.reference_split, self.heldout_split))
        samples, memorization = ({part} <= self.measures for part in ("samples", "memorization"))
        return (
            ("samples" in steps) * (self.num_samples + samples * real)
            + memorization * (sizes["train"] + held)
            + ("classes" in steps) * 2 * real
            + ("reconstructions" in steps) * held
            + ("translations" in steps) * held
            + ("anomalies" in steps) * sum(min(self.num_samples, sizes[name]) for name in ("val", "test"))
        )
