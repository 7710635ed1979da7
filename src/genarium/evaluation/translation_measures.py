"""Measures of translations beside their true counterparts."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation import samples
from genarium.evaluation.contracts import DomainData, SignalData
from genarium.evaluation.factor_reader import factor_reader
from genarium.evaluation.features import FeatureSet
from genarium.evaluation.number_book import Measure
from genarium.evaluation.pairs import Pairs
from genarium.evaluation.protocol import Subject
from genarium.evaluation.reconstructions import mean
from genarium.evaluation.signals import of_translations
from genarium.metrics.color import BINS, REACH, color_errors, color_intersections
from genarium.metrics.psnr import mean_psnr, psnr
from genarium.metrics.result import Result
from genarium.metrics.ssim import ssim
from genarium.metrics.translation import hole_psnr, inversion_rate, luma_psnr, retrieval_at_1, seam_ratio

DISTANCES = ("frechet", "kernel")


class Tried(NamedTuple):
    """Held-out pairs, and what the model made of their sources, on the CPU; `known`: whether targets are the true
    counterparts of sources."""

    pairs: Pairs
    made: Tensor
    known: bool
    features: Callable[[], FeatureSet]  # of the targets, found once


def of_images(
    evaluation, subject: Subject, tried: Tried, made: Tensor, rows: np.ndarray, features: Callable[[Tensor], FeatureSet]
) -> Iterator[Measure]:
    """Measures of images that were made of the sources of `tried`; `features` finds those of (N, C, R, R)."""
    targets, pairs = tried.pairs.targets, tried.pairs
    if isinstance(subject.data, SignalData):
        yield from of_translations(subject.data, made, targets)
        return
    if tried.known:
        terms = {"psnr": "mean over images, each 100 dB at most"}
        yield Measure(("psnr",), lambda: mean_psnr(psnr(reconstruction=made, original=targets).double()), terms)
        yield Measure(("ssim",), lambda: mean("ssim", ssim(reconstruction=made, original=targets)))
        yield Measure(("retrieval_at_1",), lambda: retrieval_at_1(translation=made, target=targets))
        yield Measure(("inversion_rate",), lambda: inversion_rate(translation=made, target=targets))
        yield from of_task(pairs, made)
        if knows_factors(subject):
            yield of_factors(evaluation, subject, "factor_error", made, rows)
    if evaluation.extractor is not None:
        yield from of_features(evaluation, tried, features(made))


def of_task(pairs: Pairs, made: Tensor) -> Iterator[Measure]:
    """Measures for what sources lack: pixels, color or resolution."""
    beside = {"translation": made, "target": pairs.targets}
    if (missing := pairs.missing) is not None:
        yield Measure(("hole_psnr",), lambda: hole_psnr(**beside, missing=missing))
        yield Measure(("seam_ratio",), lambda: seam_ratio(**beside, missing=missing))
    if pairs.is_gray:
        bins = {"histograms": f"{BINS} bins from {-REACH} to {REACH}"}
        yield Measure(("ab_error", "chroma_ratio"), lambda: color_errors(**beside))
        yield Measure(("a_intersection", "b_intersection"), lambda: color_intersections(**beside), bins)
    if (factor := pairs.factor) > 1:
        yield Measure(("consistency_psnr",), lambda: consistency(pairs, made))
        if made.shape[1] == 3 and made.shape[-1] > 2 * factor:
            cut = {"border": f"{factor} px left out"}
            yield Measure(("luma_psnr",), lambda: luma_psnr(**beside, border=factor), cut)


def consistency(pairs: Pairs, made: Tensor) -> Result:
    """PSNR of the result, made small again as the source was, to the small image that was given."""
    step = pairs.factor
    again = made[:, :, ::step, ::step] if pairs.is_decimated else torch.nn.functional.avg_pool2d(made, step)
    return Result({"consistency_psnr": mean_psnr(psnr(reconstruction=again, original=pairs.small).double())["psnr"]})


def knows_factors(subject: Subject) -> bool:
    """Whether targets are stored images, whose factors are known: of such alone a reader learned to tell them."""
    stored = isinstance(subject.data, DomainData) and subject.data.targets_are_stored
    return stored and bool(subject.images.packed.factors)


def of_factors(evaluation, subject: Subject, name: str, made: Tensor, rows: np.ndarray) -> Measure:
    """Errors of the factors that a reader tells of images that are to show those of `rows`."""
    settings = evaluation.metrics["factor_reader"]
    find = lambda: factor_reader(subject.images, settings).errors(made, rows, name)
    return Measure((name,), find, {"factor_reader": dict(settings)})


def of_reader(evaluation, subject: Subject, tried: Tried, rows: np.ndarray) -> Iterator[Measure]:
    """What the reader itself gets wrong, of the true counterparts."""
    if tried.known and knows_factors(subject):
        yield of_factors(evaluation, subject, "factor_reader_error", tried.pairs.targets, rows)


def of_features(evaluation, tried: Tried, made: FeatureSet) -> Iterator[Measure]:
    """Distances of the set of translations to that of targets."""
    extractor = evaluation.extractor
    for one in samples.measures(made, tried.features().beside(made), evaluation.metrics, evaluation.seed):
        if one.gives[0] in DISTANCES:
            renamed = one.renamed(lambda name: samples.known_as(extractor, name))
            yield Measure(renamed.gives, renamed.find, {**renamed.terms, "extractor": extractor.settings()}, one.group)
