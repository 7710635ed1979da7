"""Accuracy of a model that classifies images itself."""

import numpy as np
import torch

from genarium.evaluation.number_book import Measure, NumberBook
from genarium.evaluation.protocol import Subject
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced
from genarium.metrics import accuracy as metric
from genarium.metrics.result import Result
from genarium.protocols import Classifies


def measure(subject: Subject, book: NumberBook, split: str, count: int) -> None:
    """Enter the accuracy on at most `count` images of a split."""
    rows = evenly_spaced(subject.images.split_indices(split), count)
    one = Measure(("accuracy",), lambda: accuracy(subject, rows))
    book.measure(one, f"{{}}/{split}", subject.of(split, rows))


def accuracy(subject: Subject, rows: np.ndarray) -> Result:
    """Of images at `rows`."""
    model = subject.model
    assert isinstance(model, Classifies)
    found = []
    for start in range(0, len(rows), CHUNK):
        batch = subject.images.pictures(rows[start : start + CHUNK], subject.device)
        found.append((model.classify(batch.images).float().cpu(), batch.labels.cpu()))
    logits, labels = zip(*found, strict=True)
    return metric.accuracy(logits=torch.cat(logits), labels=torch.cat(labels))
