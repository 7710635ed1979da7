"""Measures of generated images in one pass: distances to real ones, copies of training images, modes."""

import math
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from genarium.evaluation import samples
from genarium.evaluation.contracts import Progress
from genarium.evaluation.features import FeatureSet, of_generated, of_real
from genarium.evaluation.mode_classifier import ModeClassifier, mode_classifier
from genarium.evaluation.number_book import CANNOT, Measure, NumberBook
from genarium.evaluation.protocol import Subject, hash_of, of_generation, of_rows, short
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced, images_of
from genarium.evaluation.samplers import FITTED
from genarium.metrics.memorization import memorization
from genarium.metrics.mode_coverage import mode_coverage_of_labels
from genarium.metrics.result import Result

COPIES = ("nn_distance_ratio", "ct_probability", "authenticity")
MODES = ("modes_covered", "mode_coverage", "modes_kl")
GIVES = {"samples": samples.GIVES, "memorization": COPIES, "modes": MODES}
OTHER_NETWORKS = samples.OTHER_NETWORKS


class Pass(NamedTuple):
    """Generated images as they were seen, where they were looked at so."""

    features: FeatureSet | None
    modes: Tensor | None  # (N,)
    judge: ModeClassifier | None


def measure(evaluation, subject: Subject, book: NumberBook, progress: Progress) -> None:
    """Every number that is asked for; all of them are left out where no images can be generated."""
    steps = {"samples": compare, "memorization": search, "modes": count_modes}
    asked = [part for part in steps if part in evaluation.measures and (part != "modes" or subject.images.modes)]
    failed: dict[str, Exception] = {}
    made = judge = None
    try:
        judge = the_judge(evaluation, subject) if "modes" in asked else None
    except CANNOT as error:
        failed["modes"] = error
    try:
        made = generate(evaluation, subject, judge, progress)
    except CANNOT as error:
        failed = dict.fromkeys(asked, error) | failed
    for part in asked:
        try:
            if part in failed:
                raise failed[part]
            assert made is not None
            steps[part](evaluation, subject, made, book, progress)
        except CANNOT as error:  # a split that is not there: the other part stands
            book.leave_out(tuple(known_as(evaluation, name) for name in GIVES[part]), names(evaluation, part), error)


def the_judge(evaluation, subject: Subject) -> ModeClassifier:
    return mode_classifier(subject.images, evaluation.heldout_split, evaluation.metrics["modes"])


def generate(evaluation, subject: Subject, judge: ModeClassifier | None, progress: Progress) -> Pass:
    """Generate images in one pass, by a sampler that is fitted to training images."""
    data, told = subject.images, []
    fitting = evenly_spaced(data.split_indices("train"), FITTED)
    parts = (fitting[start : start + CHUNK] for start in range(0, len(fitting), CHUNK))
    images = (images_of(data, part, subject.device) for part in parts)
    evaluation.sampler.fit(subject.model, images, f"train ({hash_of(fitting)})")
    generator = torch.Generator().manual_seed(subject.seed)
    chunks = evaluation.sampler.chunks(subject.model, evaluation.num_samples, generator)
    if judge:
        chunks = samples.tee(chunks, lambda seen: told.append(judge(seen)))
    features = None
    if evaluation.measures & {"samples", "memorization"}:
        features = of_generated(chunks, evaluation.extractor, progress)
    else:
        for seen in chunks:
            progress(len(seen))
    return Pass(features, torch.cat(told) if told else None, judge)


def names(evaluation, part: str) -> str:
    """{}/efficientnet_lite0/2k_train, with the sampler's name where it was chosen; modes know no extractor."""
    count, suffix = short(evaluation.num_samples), evaluation.sampler.suffix
    if part == "modes":
        return f"{{}}/{count}{suffix}"
    split = evaluation.reference_split if part == "samples" else "train"
    return f"{{}}/{evaluation.extractor.frechet_name.partition('/')[2]}/{count}_{split}{suffix}"


def known_as(evaluation, name: str) -> str:
    """The field's name of a number: FID's is Inception's alone."""
    return samples.known_as(evaluation.extractor, name) if evaluation.extractor else name


def of_features(evaluation) -> dict[str, object]:
    terms = of_generation(evaluation.num_samples, evaluation.sampler.description)
    return terms | {"extractor": evaluation.extractor.settings()}


def compare(evaluation, subject: Subject, made: Pass, book: NumberBook, progress: Progress) -> None:
    """Distances to real images of the split."""
    assert made.features is not None
    rows = evenly_spaced(subject.images.split_indices(evaluation.reference_split), evaluation.num_samples)
    real = of_real(subject.images, rows, evaluation.extractor, progress).beside(made.features)
    terms = subject.of(evaluation.reference_split, rows) | of_features(evaluation)
    for one in samples.measures(made.features, real, evaluation.metrics, subject.seed):
        renamed = one.renamed(partial(known_as, evaluation))
        book.measure(renamed, names(evaluation, "samples"), terms, made.features.warnings)


def search(evaluation, subject: Subject, made: Pass, book: NumberBook, progress: Progress) -> None:
    """Copies, among all training images: among a part of them, a copier would look new."""
    assert made.features is not None
    data, extractor, features = subject.images, evaluation.extractor, made.features
    rows = data.split_indices("train")
    held_rows = evenly_spaced(data.split_indices(evaluation.heldout_split), evaluation.num_samples)
    held = of_real(data, held_rows, extractor, progress).beside(features)
    compared, known = evenly_spaced(rows, evaluation.num_samples), ()
    if evaluation.reference_split == "train" and len(compared) < len(rows):
        known = (compared, of_real(data, compared, extractor))
    train = of_real(data, rows, extractor, progress, known).beside(features)
    find = lambda: memorization(generated=features.features, train=train.features, heldout=held.features)
    terms = subject.of("train", rows) | of_features(evaluation)
    beside = {"heldout": {"split": evaluation.heldout_split, **of_rows(held_rows)}}
    book.measure(Measure(COPIES, find, beside), names(evaluation, "memorization"), terms, features.warnings)


def count_modes(evaluation, subject: Subject, made: Pass, book: NumberBook, progress: Progress) -> None:
    """Mode coverage by a classifier, and the classifier's held-out accuracy."""
    data, judge, modes = subject.images, made.judge, made.modes
    assert judge is not None and modes is not None
    learned, tried = (data.packed.indices(split) for split in ("train", evaluation.heldout_split))
    settings = {"mode_classifier": judge.settings}
    terms = subject.of("train", learned) | of_generation(len(modes), evaluation.sampler.description) | settings
    find = lambda: mode_coverage_of_labels(modes, math.prod(data.modes))
    book.measure(Measure(MODES, find), names(evaluation, "modes"), terms)
    accuracy = Result({"mode_classifier_accuracy": judge.accuracy})
    book.enter(accuracy, f"{{}}/{evaluation.heldout_split}", subject.of(evaluation.heldout_split, tried) | settings)
