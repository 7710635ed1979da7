"""Numbers of anomaly detection by a model that was trained on some classes: test images of the others are anomalies."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from genarium.errors import UserError
from genarium.evaluation.contracts import ImageData, OneClassData, Progress
from genarium.evaluation.extractors import Extractor
from genarium.evaluation.image_bytes import to_uint8
from genarium.evaluation.number_book import Measure, NumberBook
from genarium.evaluation.protocol import Subject, of_rows
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced, images_of
from genarium.metrics.detection import alarms, separation, threshold
from genarium.metrics.result import Result
from genarium.uses.anomaly import SAMPLES, Score, offered

GIVES = ("auroc", "average_precision", "false_alarm_rate", "detection_rate")


def measure(
    subject: Subject,
    book: NumberBook,
    extractor: Extractor | None,
    count: int,
    settings: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Enter how well each score in `settings` that the model gives tells anomalous test images from normal ones; the
    threshold is of held-out normal images alone."""
    rows, rate = rows_of(subject.images, count), settings["alarm_rate"]
    terms = subject.of("test", rows["test"]) | {"threshold": {"split": "val", **of_rows(rows["val"])}}
    for name, score in chosen(subject.model, extractor, settings["scores"]).items():
        torch.manual_seed(subject.seed)  # no score depends on what other scores are asked for
        own: dict[str, object] = {"anomalies": {"score": name, "alarm_rate": rate}}
        if name == "negative_elbo":
            own |= {"samples": SAMPLES}
        if name == "features" and extractor is not None:
            own |= {"extractor": extractor.settings()}
        find = lambda score=score: judged(score, subject.images, rows, rate, subject.device, progress)
        book.measure(Measure(GIVES, find, own, "anomalies"), f"{{}}/{name}/test", terms)


def rows_of(data: ImageData, count: int) -> dict[str, np.ndarray]:
    """At most `count` rows of held-out normal images (`val`), and of test images; UserError where it is not known which
    are normal, or none is anomalous."""
    if not isinstance(data, OneClassData) or not data.only:
        raise UserError("which images are normal is not known (data.only=none): train with data.only=[0]")
    rows = {split: evenly_spaced(data.split_indices(split), count) for split in ("val", "test")}
    if np.isin(data.packed.labels[rows["test"]], data.only).all():
        raise UserError(f"no test image is anomalous: all are of data.only={list(data.only)}; train on fewer classes")
    return rows


def chosen(model: object, extractor: Extractor | None, names: Sequence[str]) -> dict[str, Score]:
    """Those of the scores in `names` that a model gives; UserError where there is none."""
    extract = (lambda x: extractor(to_uint8(x)).features) if extractor is not None else torch.flatten
    found = offered(model, extract)
    if extractor is None:
        found.pop("features", None)
    if not (asked := {name: score for name, score in found.items() if name in names}):
        given = f"it gives {', '.join(found)}" if found else "it gives none"
        raise UserError(f"the model gives no score of evaluation.metrics.anomalies.scores={names}: {given}")
    return asked


def judged(
    score: Score,
    data: ImageData,
    rows: Mapping[str, np.ndarray],
    alarm_rate: float,
    device: torch.device,
    progress: Progress = lambda count: None,
) -> Result:
    """AUROC and average precision of a score on test images, and its alarms above the threshold of held-out ones."""
    assert isinstance(data, OneClassData)
    found = {}
    for split, own in rows.items():
        parts = [own[start : start + CHUNK] for start in range(0, len(own), CHUNK)]
        scores = []
        for part in parts:
            scores.append(score(images_of(data, part, device)).double().cpu())
            progress(len(part))
        found[split] = torch.cat(scores)
    normal = torch.from_numpy(np.isin(data.packed.labels[rows["test"]], data.only))
    sides = {"normal": found["test"][normal], "anomalous": found["test"][~normal]}
    return separation(**sides) | alarms(**sides, above=threshold(found["val"], alarm_rate))
