"""Numbers of a map of a model's codes in the plane."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation.contracts import ImageData
from genarium.evaluation.number_book import Measure, NumberBook
from genarium.evaluation.protocol import Subject
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced, images_of
from genarium.metrics.maps import map_knn_accuracy, trustworthiness
from genarium.metrics.result import Result
from genarium.protocols import Encodes
from genarium.uses.maps import plane


def measure(subject: Subject, book: NumberBook, split: str, count: int, settings: Mapping[str, Any]) -> None:
    """Enter what is measured of one map, which is of held-out images alone."""
    own = dict(settings)
    rows = evenly_spaced(subject.images.split_indices(split), min(count, own.pop("images")))
    several = labels_of(subject.images, rows) is not None
    gives = ("trustworthiness", *(["map_knn_accuracy"] if several else []))
    one = Measure(gives, lambda: quality(subject, rows, own), {"map": own}, "maps")
    book.measure(one, f"{{}}/{split}", subject.of(split, rows))


def quality(subject: Subject, rows: np.ndarray, settings: Mapping[str, Any]) -> Result:
    """Trustworthiness against pixels, and where there are classes the accuracy of neighbors' votes."""
    points = plane(
        codes_of(subject.model, subject.images, rows), settings["method"], settings["perplexity"], subject.seed
    )
    return judged(points, pixels_of(subject.images, rows), labels_of(subject.images, rows), settings["k"])


def judged(points: np.ndarray, pixels: np.ndarray, labels: np.ndarray | None, k: int) -> Result:
    """What is measured of a map, (N, 2), of images as pixels, (N, P), and of classes, where they are known."""
    found = trustworthiness(points=points, originals=pixels, k=k)
    return found if labels is None else found | map_knn_accuracy(points=points, labels=labels, k=k)


def codes_of(model: object, data: ImageData, rows: np.ndarray) -> np.ndarray:
    """(n, Z) point codes, as the model gives them: not standardized."""
    assert isinstance(model, Encodes) and isinstance(model, torch.nn.Module)
    device = next(model.parameters()).device
    parts = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    codes: list[Tensor] = [model.encode(images_of(data, part, device)).float().cpu() for part in parts]
    return torch.cat(codes).flatten(1).double().numpy()


def pixels_of(data: ImageData, rows: np.ndarray) -> np.ndarray:
    """(n, P) pixels in [-1, 1]."""
    return images_of(data, rows, torch.device("cpu")).flatten(1).numpy()


def labels_of(data: ImageData, rows: np.ndarray) -> np.ndarray | None:
    """(n,) classes; None where the set has none, or the images are all of one."""
    labels = np.asarray(data.packed.labels)[rows]
    return labels if len(np.unique(labels)) > 1 else None
