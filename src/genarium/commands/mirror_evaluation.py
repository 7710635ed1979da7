"""An evaluation in the trackers of the training: its numbers, and pictures; at W&B their protocols too."""

import functools
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
import wandb
from omegaconf import DictConfig
from PIL import Image

from genarium.config.containers import as_dict
from genarium.evaluation.contracts import ImageData
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.number_book import NumberBook
from genarium.metrics import catalog
from genarium.plots.grid import beneath, grid
from genarium.protocols import DataModule, Reconstructs
from genarium.runs.run import Run
from genarium.runs.trackers.mirror import Mirror, Tracker
from genarium.training.build import built
from genarium.training.module import Module

COUNT, COLUMNS = 64, 8
"""Samples of a picture, and images in a row of it; half as many reconstructions."""
COLUMNS_OF_NUMBERS = ["number", "value", "better", "images", "protocol", "settings"]
OF_SAMPLES = {metric.name for metric in (*catalog.SAMPLES, *catalog.MEMORIZATION, *catalog.MODES)} - {"intra_fd"}
"""Metrics of what the evaluation's sampler makes."""


def mirror_evaluation(
    run: Run, config: DictConfig, evaluation: Evaluation, model: Module, data: DataModule, book: NumberBook
) -> None:
    """Goes on in each tracker that `run`, whose configuration is `config`, was logged with; a failure is said, and the
    numbers are in result.json all the same."""
    images = next((entry["images"] for entry in book.numbers.values()), model.images_seen)
    values = {f"evaluation/{name}": entry["value"] for name, entry in book.numbers.items()}
    drawn = functools.cache(lambda: dict(pictures(evaluation, model, data, book)))
    for name, settings in (config.logger or {}).items():
        if not settings or (name == "wandb" and not (run.folder / "wandb" / "run_id").exists()):
            continue
        begin = functools.partial(built, settings, f"logger.{name}", folder=str(run.folder))
        mirror = Mirror(str(name), begin)
        mirror.log_hyperparams(as_dict(config, resolve=True))
        if name == "wandb":
            to_wandb(mirror, run, values, drawn, images)
        else:
            to_tracker(mirror, values, drawn, images)
        mirror.close()


Drawn = Callable[[], dict[str, Image.Image]]


def to_wandb(mirror: Mirror, run: Run, values: dict[str, float], drawn: Drawn, images: int) -> None:
    """Values of the summary and the history, a table of the protocols, and pictures."""
    table = wandb.Table([*COLUMNS_OF_NUMBERS], list(rows(run)))
    mirror.attempt(lambda tracker: tracker.log_measured({**values, "evaluation/numbers": table}, images, summary(run)))
    sent = lambda: {f"evaluation/{kind}": wandb.Image(one) for kind, one in drawn().items()}
    mirror.attempt(lambda tracker: tracker.log_measured(sent(), images))


def to_tracker(mirror: Mirror, values: dict[str, float], drawn: Drawn, images: int) -> None:
    """Values at the images that the weights have seen, and pictures."""
    mirror.log_metrics(values, step=images)

    def send(tracker: Tracker) -> None:
        for kind, one in drawn().items():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"{images:012d}.png"
                one.save(path)
                tracker.log_picture(f"evaluation/{kind}", str(path), images)

    mirror.attempt(send)
    mirror.finalize("success")


def summary(run: Run) -> dict[str, Any]:
    """Name -> last value of everything that was logged or measured, and the hash of each measured number's protocol."""
    numbers = run.result()["numbers"].items()
    values = {f"evaluation/{name}": entry["value"] for name, entry in numbers}
    return run.latest() | values | {f"protocol/{name}": entry["protocol"] for name, entry in numbers}


def rows(run: Run) -> Iterator[list[Any]]:
    """All numbers of result.json, each beside the direction of the better and all that it depends on."""
    result = run.result()
    for name, entry in result["numbers"].items():
        settings = json.dumps(result["protocols"].get(entry["protocol"], {}), sort_keys=True, default=str)
        yield [name, entry["value"], catalog.better(name), entry["images"], entry["protocol"], settings]


def pictures(
    evaluation: Evaluation, model: Module, data: DataModule, book: NumberBook
) -> Iterator[tuple[str, Image.Image]]:
    """(kind, grid) of samples as they were measured, by the evaluation's sampler and seed, and of reconstructions."""
    if not isinstance(data, ImageData):
        return
    sampler, measured = evaluation.sampler, {name.partition("/")[0] for name in book.numbers}
    with model.evaluating(evaluation.seed):
        if measured & OF_SAMPLES:
            generator = torch.Generator().manual_seed(evaluation.seed)
            images = torch.cat(list(sampler.chunks(model, COUNT, generator)))
            yield f"samples{sampler.suffix}{book.suffix}", grid(images, COLUMNS)
        if "reconstructions" in evaluation.measures and isinstance(model, Reconstructs):
            x = data.examples(COUNT // 2, evaluation.heldout_split).images.to(model.device)
            yield f"reconstructions{book.suffix}", grid(beneath(x, model.reconstruct(x), columns=COLUMNS), COLUMNS)
