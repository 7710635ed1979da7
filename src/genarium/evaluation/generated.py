"""What is measured of the images of one pass: distances to real ones, copies of training images, modes."""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from genarium.evaluation import samples
from genarium.evaluation.features import Set, of_generated, of_real
from genarium.evaluation.mode_classifier import ModeClassifier, mode_classifier
from genarium.evaluation.number_book import CANNOT, Book, Measure
from genarium.evaluation.protocol import Subject, hash_of, of_generation, of_rows, short
from genarium.evaluation.reconstructions import CHUNK, images_of, some
from genarium.evaluation.samplers import FITTED
from genarium.metrics.memorization import memorisation
from genarium.metrics.mode_coverage import mode_coverage_of_labels
from genarium.metrics.result import Result

COPIES = ("nearest_ratio", "copying", "authenticity")
MODES = ("modes", "modes_covered", "modes_kl")
GIVES = {"samples": samples.GIVES, "memorisation": COPIES, "modes": MODES}
Tick = Callable[[int], None]


class Pass(NamedTuple):
    """Generated images as they were seen, where they were looked at so."""

    features: Set | None
    modes: Tensor | None  # (N,)
    judge: ModeClassifier | None


def measure(evaluation, subject: Subject, book: Book, tick: Tick) -> None:
    """Every number that is asked for; all of them are left out where no images can be generated."""
    steps = {"samples": compare, "memorisation": search, "modes": count_modes}
    asked = [part for part in steps if part in evaluation.parts and (part != "modes" or subject.data.modes)]
    failed: dict[str, Exception] = {}
    made = judge = None
    try:
        judge = the_judge(evaluation, subject) if "modes" in asked else None
    except CANNOT as error:
        failed["modes"] = error
    try:
        made = generate(evaluation, subject, judge, tick)
    except CANNOT as error:
        failed = dict.fromkeys(asked, error) | failed
    for part in asked:
        try:
            if part in failed:
                raise failed[part]
            steps[part](evaluation, subject, made, book, tick)
        except CANNOT as error:  # a split that is not there: the other part stands
            book.leave_out(tuple(known_as(evaluation, name) for name in GIVES[part]), names(evaluation, part), error)


def the_judge(evaluation, subject: Subject) -> ModeClassifier:
    return mode_classifier(subject.data, evaluation.held_out, evaluation.metrics["modes"])


def generate(evaluation, subject: Subject, judge: ModeClassifier | None, tick: Tick) -> Pass:
    """The sampler is fitted to training images, whatever is compared."""
    data, told = subject.data, []
    fitting = some(data.split_indices("train"), FITTED)
    parts = (fitting[start : start + CHUNK] for start in range(0, len(fitting), CHUNK))
    images = (images_of(data, part, subject.device) for part in parts)
    evaluation.sampler.fit(subject.model, images, f"train ({hash_of(fitting)})")
    generator = torch.Generator().manual_seed(subject.seed)
    chunks = evaluation.sampler.chunks(subject.model, evaluation.count, generator)
    if judge:
        chunks = samples.heard(chunks, lambda seen: told.append(judge(seen)))
    features = None
    if evaluation.parts & {"samples", "memorisation"}:
        features = of_generated(chunks, evaluation.extractor, tick)
    else:
        for seen in chunks:
            tick(len(seen))
    return Pass(features, torch.cat(told) if told else None, judge)


def names(evaluation, part: str) -> str:
    """{}/efficientnet_lite0/2k_train, with the sampler's name where it was chosen; modes know no extractor."""
    count, suffix = short(evaluation.count), evaluation.sampler.suffix
    if part == "modes":
        return f"{{}}/{count}{suffix}"
    split = evaluation.split if part == "samples" else "train"
    return f"{{}}/{evaluation.extractor.frechet_name.partition('/')[2]}/{count}_{split}{suffix}"


def known_as(evaluation, name: str) -> str:
    """The field's name of a number: FID's is Inception's alone."""
    family = evaluation.extractor.frechet_name.partition("/")[0] if evaluation.extractor else ""
    return {"frechet": family, "kernel": "kid", "kernel_sd": "kid_sd"}.get(name, name)


def of_features(evaluation) -> dict[str, object]:
    terms = of_generation(evaluation.count, evaluation.sampler.told)
    return terms | {"extractor": evaluation.extractor.settings()}


def compare(evaluation, subject: Subject, made: Pass, book: Book, tick: Tick) -> None:
    """Distances to real images of the split."""
    rows = some(subject.data.split_indices(evaluation.split), evaluation.count)
    real = of_real(subject.data, rows, evaluation.extractor, tick).beside(made.features)
    terms = subject.of(evaluation.split, rows) | of_features(evaluation)
    for one in samples.measures(made.features, real, evaluation.metrics, subject.seed):
        renamed = one.renamed(partial(known_as, evaluation))
        book.measure(renamed, names(evaluation, "samples"), terms, made.features.warnings)


def search(evaluation, subject: Subject, made: Pass, book: Book, tick: Tick) -> None:
    """Copies, among all training images: among a part of them, a copier would look new."""
    data, extractor = subject.data, evaluation.extractor
    rows = data.split_indices("train")
    held_rows = some(data.split_indices(evaluation.held_out), evaluation.count)
    held = of_real(data, held_rows, extractor, tick).beside(made.features)
    compared, known = some(rows, evaluation.count), ()
    if evaluation.split == "train" and len(compared) < len(rows):
        known = (compared, of_real(data, compared, extractor))
    train = of_real(data, rows, extractor, tick, known).beside(made.features)
    find = lambda: memorisation(generated=made.features.features, train=train.features, held_out=held.features)
    terms = subject.of("train", rows) | of_features(evaluation)
    beside = {"held_out": {"split": evaluation.held_out, **of_rows(held_rows)}}
    book.measure(Measure(COPIES, find, beside), names(evaluation, "memorisation"), terms, made.features.warnings)


def count_modes(evaluation, subject: Subject, made: Pass, book: Book, tick: Tick) -> None:
    """The modes that the classifier tells, and how far it is to be believed."""
    data, judge = subject.data, made.judge
    learnt, tried = (data.packed.indices(split) for split in ("train", evaluation.held_out))
    settings = {"mode_classifier": judge.settings}
    terms = subject.of("train", learnt) | of_generation(len(made.modes), evaluation.sampler.told) | settings
    find = lambda: mode_coverage_of_labels(made.modes, math.prod(data.modes))
    book.measure(Measure(MODES, find), names(evaluation, "modes"), terms)
    accuracy = Result({"mode_classifier_accuracy": judge.accuracy})
    book.enter(accuracy, f"{{}}/{evaluation.held_out}", subject.of(evaluation.held_out, tried) | settings)
