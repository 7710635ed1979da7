"""Numbers of translations beside their true counterparts, and the same numbers of controls that need no network."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation import samples
from genarium.evaluation.contracts import DomainData, Progress
from genarium.evaluation.extractors import Extractor
from genarium.evaluation.factor_reader import factor_reader
from genarium.evaluation.features import FeatureSet, of_generated
from genarium.evaluation.number_book import CANNOT, Measure, NumberBook
from genarium.evaluation.protocol import Subject, of_rows
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced, mean
from genarium.evaluation.round_trip import of_round_trip
from genarium.evaluation.translation_controls import Pairs, controls
from genarium.metrics.color import color_errors
from genarium.metrics.psnr import mean_psnr, psnr
from genarium.metrics.result import Result
from genarium.metrics.ssim import ssim
from genarium.metrics.translation import hole_psnr, retrieval_at_1
from genarium.protocols import TrainedOn, Translates

DISTANCES = ("frechet", "kernel")
JUDGES = ("efficientnet-lite1", "efficientnet-lite0")


class Tried(NamedTuple):
    """Held-out pairs, and what the model made of their sources, on the CPU; `known`: whether targets are the true
    counterparts of sources."""

    pairs: Pairs
    made: Tensor
    known: bool
    features: Callable[[], FeatureSet]  # of the targets, found once


def measure(evaluation, subject: Subject, book: NumberBook, progress: Progress) -> None:
    """Every number of the model's translations, and of each control, whose name ends the number's."""
    rows = evenly_spaced(subject.images.split_indices(evaluation.heldout_split), evaluation.num_samples)
    settings = evaluation.metrics["translations"]
    tried = translated(subject, evaluation.extractor, rows, evaluation.heldout_split, progress)
    fitted = evenly_spaced(subject.images.split_indices("train"), settings["fit"])
    terms = subject.of(evaluation.heldout_split, rows)
    terms |= {"sources": "drawn from the seed, one after the other" if needs_drawing(subject) else "of the data"}
    names = f"{{}}/{evaluation.heldout_split}"
    for one in of_images(evaluation, subject, tried, tried.made, rows):
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
    for name, make in controls(tried.pairs, train):
        try:
            made = make()
        except CANNOT as error:
            book.leave_out(("psnr",), f"{names}/{name}", error)
            continue
        for one in of_images(evaluation, subject, tried, made, rows):
            book.measure(one, f"{named(evaluation, one, names)}/{name}", beside)


def refuse_own_judge(extractor: Extractor | None, model: object) -> None:
    """UserError where the network that judges is the one that the model was trained on."""
    if extractor is not None and isinstance(model, TrainedOn) and model.trained_on == extractor.name:
        other = next(name for name in JUDGES if name != extractor.name)
        raise UserError(
            f"the model was trained on features of {extractor.name}, which therefore cannot judge it: set"
            f" evaluation.extractor.name={other}"
        )


def needs_drawing(subject: Subject) -> bool:
    return not isinstance(subject.data, DomainData)


def paired(subject: Subject, rows: np.ndarray, split: str) -> tuple[Tensor, Tensor]:
    """Sources (N, S, R, R) and targets (N, C, R, R) of rows, on the CPU; random ones from the seed of the subject, so
    that every model of the same degradation is given the same holes."""
    assert isinstance(subject.model, Translates)
    torch.manual_seed(subject.seed)
    found = []
    for start in range(0, len(rows), CHUNK):
        batch = subject.images.pictures(rows[start : start + CHUNK])
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
        return of_generated(targets.split(CHUNK), extractor)

    return Tried(Pairs(sources, targets), torch.cat(made), known, features)


def named(evaluation, one: Measure, names: str) -> str:
    """Distances name their extractor, too."""
    if "extractor" not in one.terms:
        return names
    return f"{{}}/{evaluation.extractor.frechet_name.partition('/')[2]}/{names.partition('/')[2]}"


def of_images(evaluation, subject: Subject, tried: Tried, made: Tensor, rows: np.ndarray) -> Iterator[Measure]:
    """Measures of images that were made of the sources of `tried`."""
    targets, pairs = tried.pairs.targets, tried.pairs
    if tried.known:
        terms = {"psnr": "mean over images, each 100 dB at most"}
        yield Measure(("psnr",), lambda: mean_psnr(psnr(reconstruction=made, original=targets).double()), terms)
        yield Measure(("ssim",), lambda: mean("ssim", ssim(reconstruction=made, original=targets)))
        yield Measure(("retrieval_at_1",), lambda: retrieval_at_1(translation=made, target=targets))
        if (missing := pairs.missing) is not None:
            yield Measure(("hole_psnr",), lambda: hole_psnr(translation=made, target=targets, missing=missing))
        if pairs.is_gray:
            yield Measure(("ab_error", "chroma_ratio"), lambda: color_errors(translation=made, target=targets))
        if pairs.factor > 1:
            yield Measure(("consistency_psnr",), lambda: consistency(pairs, made))
        if knows_factors(subject):
            yield of_factors(evaluation, subject, "factor_error", made, rows)
    if evaluation.extractor is not None:
        yield from of_features(evaluation, tried, made)


def consistency(pairs: Pairs, made: Tensor) -> Result:
    """PSNR of the result, made small again, to the small image that was given."""
    again = torch.nn.functional.avg_pool2d(made, pairs.factor)
    small = pairs.sources[:, :, :: pairs.factor, :: pairs.factor]
    return Result({"consistency_psnr": mean_psnr(psnr(reconstruction=again, original=small).double())["psnr"]})


def knows_factors(subject: Subject) -> bool:
    """Whether targets are stored images, whose factors are known."""
    return bool(subject.images.packed.factors) and isinstance(subject.data, DomainData)


def of_factors(evaluation, subject: Subject, name: str, made: Tensor, rows: np.ndarray) -> Measure:
    """Errors of the factors that a reader tells of images that are to show those of `rows`."""
    settings = evaluation.metrics["factor_reader"]
    find = lambda: factor_reader(subject.images, settings).errors(made, rows, name)
    return Measure((name,), find, {"factor_reader": dict(settings)})


def of_reader(evaluation, subject: Subject, tried: Tried, rows: np.ndarray) -> Iterator[Measure]:
    """What the reader itself gets wrong, of the true counterparts."""
    if tried.known and knows_factors(subject):
        yield of_factors(evaluation, subject, "factor_reader_error", tried.pairs.targets, rows)


def of_features(evaluation, tried: Tried, made: Tensor) -> Iterator[Measure]:
    """Distances of the set of translations to that of targets."""
    extractor = evaluation.extractor
    made_set = of_generated(made.split(CHUNK), extractor)
    for one in samples.measures(made_set, tried.features(), evaluation.metrics, evaluation.seed):
        if one.gives[0] in DISTANCES:
            renamed = one.renamed(lambda name: samples.known_as(extractor, name))
            yield Measure(renamed.gives, renamed.find, {**renamed.terms, "extractor": extractor.settings()}, one.group)
