"""An evaluation in the W&B run that the training began: its numbers, their protocols, and pictures."""

import json
from collections.abc import Iterator
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
from genarium.runs.trackers.mirror import Mirror
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
    """Goes on with the W&B run of `run`, whose configuration is `config`, where it has one; a failure is said, and the
    numbers are in result.json all the same."""
    settings = (config.logger or {}).get("wandb")
    if not settings or not (run.folder / "wandb" / "run_id").exists():
        return
    mirror = Mirror("wandb", lambda: built(settings, "logger.wandb", folder=str(run.folder)))
    mirror.log_hyperparams(as_dict(config, resolve=True))
    images = next((entry["images"] for entry in book.numbers.values()), model.images_seen)
    values = {f"evaluation/{name}": entry["value"] for name, entry in book.numbers.items()}
    table = wandb.Table([*COLUMNS_OF_NUMBERS], list(rows(run)))
    mirror.attempt(lambda tracker: tracker.log_measured({**values, "evaluation/numbers": table}, images, summary(run)))
    drawn = lambda: {f"evaluation/{kind}": wandb.Image(one) for kind, one in pictures(evaluation, model, data, book)}
    mirror.attempt(lambda tracker: tracker.log_measured(drawn(), images))
    mirror.close()


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
