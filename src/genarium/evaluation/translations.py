"""Numbers of translations beside their true counterparts, and the same numbers of controls that need no network."""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.contracts import DomainData, Progress, SignalData
from genarium.evaluation.extractors import Extractor
from genarium.evaluation.features import FeatureSet, of_controls, of_generated
from genarium.evaluation.mode_classifier import CPU
from genarium.evaluation.number_book import CANNOT, Measure, NumberBook
from genarium.evaluation.pairs import Pairs
from genarium.evaluation.protocol import Subject, described, hash_of, of_rows
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced
from genarium.evaluation.round_trip import of_round_trip
from genarium.evaluation.signal_controls import signal_controls
from genarium.evaluation.translation_controls import controls
from genarium.evaluation.translation_measures import Tried, of_images, of_reader
from genarium.networks.efficientnet_lite import FILES
from genarium.protocols import TrainedOn, Translates


def measure(evaluation, subject: Subject, book: NumberBook, progress: Progress) -> None:
    """Every number of the model's translations, and of each control, whose name ends the number's."""
    rows = evenly_spaced(subject.images.split_indices(evaluation.heldout_split), evaluation.num_samples)
    settings = evaluation.metrics["translations"]
    tried = translated(subject, evaluation.extractor, rows, evaluation.heldout_split, progress)
    fitted = evenly_spaced(subject.images.split_indices("train"), settings["fit"])
    terms = subject.of(evaluation.heldout_split, rows)
    terms |= of_sources(subject, evaluation.heldout_split)
    names = f"{{}}/{evaluation.heldout_split}"
    fresh = lambda images: of_generated(images.split(CHUNK), evaluation.extractor)
    for one in of_images(evaluation, subject, tried, tried.made, rows, fresh):
        book.measure(one, named(evaluation, one, names), terms)
    for one in [
        *of_reader(evaluation, subject, tried, rows),
        *of_round_trip(subject, tried.pairs.shown, tried.made, settings["noise"]),
    ]:
        book.measure(one, names, terms)
    if not tried.known:
        return
    train = Pairs(*paired(subject, fitted, "train"))
    beside = terms | {"fitted": of_rows(fitted)}
    kept = lambda images: of_controls(images, subject.images, evaluation.extractor)
    of_kind = signal_controls if isinstance(subject.data, SignalData) else controls
    for name, make in of_kind(tried.pairs, train):
        try:
            made = make()
        except CANNOT as error:
            book.leave_out(("psnr",), f"{names}/{name}", error)
            continue
        for one in of_images(evaluation, subject, tried, made, rows, kept):
            book.measure(one, f"{named(evaluation, one, names)}/{name}", beside)


def refuse_own_judge(extractor: Extractor | None, model: object) -> None:
    """UserError where the network that judges is the one that the model was trained on."""
    if extractor is not None and isinstance(model, TrainedOn) and model.trained_on == extractor.name:
        other = next(name for name in FILES if name != extractor.name)
        raise UserError(
            f"the model was trained on features of {extractor.name}, which therefore cannot judge it: set"
            f" evaluation.extractor.name={other}"
        )


def of_sources(subject: Subject, split: str) -> dict[str, object]:
    """Protocol terms of sources and targets: how the model makes its sources, or which those of the data are."""
    assert isinstance(subject.model, Translates)
    if isinstance(data := subject.data, DomainData):
        made, kept = data.settings(), {"sources": "of the data", "source_rows": hash_of(data.domain_rows(split)[0])}
    else:
        made, kept = subject.model.source_settings(), {"sources": "drawn from the seed, one after the other"}
    return kept | {name: described(value) for name, value in made.items()}


def paired(subject: Subject, rows: np.ndarray, split: str) -> tuple[Tensor, Tensor]:
    """Sources (N, S, R, R) and targets (N, C, R, R) of rows, on the CPU; random ones from the seed of the subject, so
    that every model of the same degradation is given the same holes."""
    assert isinstance(subject.model, Translates)
    torch.manual_seed(subject.seed)
    found = []
    for start in range(0, len(rows), CHUNK):
        batch = subject.images.pictures(rows[start : start + CHUNK], CPU)  # whose random numbers are alike everywhere
        if batch.sources is None and isinstance(subject.data, DomainData):
            others = evenly_spaced(subject.data.domain_rows(split)[0], len(rows))[start : start + CHUNK]
            batch = batch._replace(sources=subject.data.stored(others))
        batch = subject.model.paired(batch)
        assert batch.sources is not None
        found.append((batch.sources[: len(batch.images)].cpu(), batch.images.cpu()))
    sources, targets = zip(*found, strict=True)
    return torch.cat(sources), torch.cat(targets)


def translated(
    subject: Subject, extractor: Extractor | None, rows: np.ndarray, split: str, progress: Progress
) -> Tried:
    sources, targets = paired(subject, rows, split)
    assert isinstance(subject.model, Translates)
    made = []
    for part in sources.split(CHUNK):
        made.append(subject.model.translate(part.to(subject.device)).float().clamp(-1, 1).cpu())
        progress(len(part))
    data = subject.data
    known = not isinstance(data, DomainData) or data.knows_pairs

    @cache
    def features() -> FeatureSet:
        assert extractor is not None
        return of_controls(targets, subject.images, extractor)

    return Tried(Pairs(sources, targets), torch.cat(made), known, features)


def named(evaluation, one: Measure, names: str) -> str:
    """Distances name their extractor, too."""
    if "extractor" not in one.terms:
        return names
    return f"{{}}/{evaluation.extractor.frechet_name.partition('/')[2]}/{names.partition('/')[2]}"
