"""Anomaly detection by a run's model: scores, a threshold of held-out normal images, a table and a sheet."""

import csv
import functools
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from genarium.commands.run_images import NamedImages, data_of, of_files, of_split
from genarium.config import compose
from genarium.data.images import Images
from genarium.data.sources.user_folder import ImageFiles
from genarium.errors import UserError
from genarium.evaluation.extractors import Extractor, TorchFidelityExtractor
from genarium.files.atomic import write_atomically
from genarium.metrics.detection import alarms, separation, threshold
from genarium.pixels import are_signals, to_bytes
from genarium.plots.grid import beneath, grid, save, sheet
from genarium.plots.heat import heat
from genarium.protocols import Reconstructs
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.uses.anomaly import Score, error_maps, offered, scored

COLUMNS = 8
"""Of the sheet of the worst images."""


def detect_images(
    run: Run, given: ImageFiles | None, name: str, rate: float, out: Path, count: int, seed: int, checkpoint: str
) -> Iterator[str]:
    """Scores the images that are given, or of the run's test split, writes out/scores.csv and out/worst.png, and yields
    what is to be told."""
    model, data = restore(run, checkpoint), data_of(run)
    name, score = chosen(offered(model, features), name, compose.load(run.config).choices.model)
    held_out, images = of_split(data, "val"), of_files(data, given) if given else of_split(data, "test")
    print(f"scoring {len(held_out.names) + len(images.names):,} images by {name}", file=sys.stderr)
    with model.evaluating(seed):
        above = threshold(scored(score, held_out.images), rate)
        scores = scored(score, images.images)
        order = scores.argsort(descending=True, stable=True)
        worst = worst_images(model, images.images[order[:count]], scores[order[:count]])
    known = None if given or not data.only else ~torch.isin(images.labels, torch.tensor(data.only))
    write_atomically(out / "scores.csv", table(images, scores, order, above, known).encode())
    save(worst, out / "worst.png")
    yield f"threshold {above:.4g} by {len(held_out.names):,} held-out normal images, for an alarm rate of {rate:g}"
    yield from found(scores, above, known, given, data)
    yield f"{out / 'scores.csv'}\n{out / 'worst.png'}"


def chosen(scores: dict[str, Score], name: str, model: str) -> tuple[str, Score]:
    """The score of this name, or the first; UserError where the model gives none of it."""
    if not scores:
        raise UserError(f"{model} scores no images: name a run of an autoencoder, a VAE or a GAN")
    if name == "auto":
        name = next(iter(scores))
    if name not in scores:
        raise UserError(f"{model} gives no score={name}: choose score={' or score='.join(scores)}")
    return name, scores[name]


def features(x: Tensor) -> Tensor:
    """Features of images by EfficientNet-Lite0, (B, C, R, R) -> (B, F)."""
    return extractor()(to_bytes(x)).features


@functools.cache
def extractor() -> Extractor:
    return TorchFidelityExtractor("efficientnet-lite0")


def found(scores: Tensor, above: float, known: Tensor | None, given: ImageFiles | None, data: Images) -> Iterator[str]:
    """How many images raise an alarm, and how well scores separate where it is known which are anomalous."""
    raised = int((scores > above).sum())
    place = f"in={given.typed}" if given else "the test split"
    yield f"{place}: {raised:,} of {len(scores):,} images raise an alarm ({raised / len(scores):.1%})"
    if known is None or known.all() or not known.any():
        return
    normal, anomalous = scores[~known], scores[known]
    numbers = separation(normal=normal, anomalous=anomalous) | alarms(normal=normal, anomalous=anomalous, above=above)
    yield f"normal: {len(normal):,} images of data.only={list(data.only)}; anomalous: the other {len(anomalous):,}"
    yield from (f"  {name:<18}{value:.4f}" for name, value in numbers.values.items())


def table(images: NamedImages, scores: Tensor, order: Tensor, above: float, known: Tensor | None) -> str:
    """scores.csv, the worst image first: its name, its score and whether it raises an alarm; and, where they are known,
    its class and whether it is anomalous."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["image", "score", "alarm", *(["class", "anomalous"] if known is not None else [])])
    for row in order.tolist():
        truth = [images.classes[images.labels[row]], int(known[row])] if known is not None else []
        writer.writerow([images.names[row], f"{scores[row]:.6g}", int(scores[row] > above), *truth])
    return text.getvalue()


def worst_images(model: object, x: Tensor, scores: Tensor) -> Image.Image:
    """Sheet of images under their rank and score: each above its reconstruction and the error of each pixel; signals
    under their reconstructions' curves."""
    made = model.reconstruct(x) if isinstance(model, Reconstructs) else None
    if are_signals(x):
        shown = x if made is None else beneath(x, made, columns=1)
        columns = [one[None] for one in shown]
    else:
        parts = [x] if made is None else [x, made, heat(error_maps(x, made))]
        columns = [torch.stack(column) for column in zip(*(part.expand(-1, 3, -1, -1) for part in parts), strict=True)]
    pictures = {
        f"{rank}: {score:.4g}": grid(column, columns=1)
        for rank, (score, column) in enumerate(zip(scores.tolist(), columns, strict=True), 1)
    }
    return sheet(pictures, COLUMNS)
