"""Classifiers of few labels, by encoders that were trained without any: fine-tuned, frozen, or from scratch; all take
the same number of steps on the same labels, drawn by the seed."""

import tempfile
from pathlib import Path

from omegaconf import OmegaConf

from genarium.config import compose
from genarium.errors import UserError
from genarium.evaluation.classification import accuracy
from genarium.evaluation.protocol import Subject
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.runs.run import Run
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.training.fit import train

QUIET = [
    "trainer=cpu",
    "trainer.precision=32-true",
    "logger=none",
    "callbacks.validate=null",
    "callbacks.progress=null",
]
BATCH, PART, TESTED = 64, 3, 2000
"""Images of a step, half of them labeled; which part of the pretraining's images all steps take; test images."""


def classified(config, model: str, labels: int, init: Path | None, latent_dim: int) -> float:
    """Test accuracy of a classifier that `config`'s data trained with so many labels of each class."""
    words = [
        f"model={model}",
        f"model.latent_dim={latent_dim}",
        f"seed={config.seed}",
        f"total_images={config.total_images // PART}",
    ]
    mine = compose.composed([*QUIET, *words, f"model.encoder.width={config.model.encoder.width}"])
    mine.data = OmegaConf.to_container(config.data, resolve=True)
    for place in (mine.data, mine.data.module):
        place.labels_per_class, place.batch_size = labels, BATCH
    mine.init = init and str(init.resolve())
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder) / model)
        train(mine, run)
        return of_run(run, config)


def of_run(run: Run, config) -> float:
    """Accuracy on test images of a run whose model classifies."""
    data, model = built(config.data.module, "data.module"), restore(run)
    data.setup()
    with model.evaluating(0):
        rows = evenly_spaced(data.split_indices("test"), TESTED)
        return accuracy(Subject(model, data, 0, "last"), rows)["accuracy"]


def of_encoder(run, model: str, labels: int) -> float:
    """With the encoder of a run; a VAE's gives mean and log variance. A semi-supervised run classifies itself, and only
    by as many labels as it was given."""
    config = compose.load(run.config)
    if given := config.data.labels_per_class:
        if given != labels or model != "classifier":
            raise UserError(f"the run learned from {given} labels of each class")
        return of_run(run, config)
    return classified(config, model, labels, run.folder, config.model.encoder.out_dim)


def scratch(config, seed: int) -> dict[str, float]:
    """Encoders as they are at the start: trained from there, and frozen there, which are random features."""
    config.seed = config.data.module.seed = seed
    kinds = {"tuned": "classifier", "frozen": "linear_probe"}
    dim = config.model.latent_dim
    return {
        f"{name}_{labels}": classified(config, model, labels, None, dim)
        for name, model in kinds.items()
        for labels in (1, 10, 100)
    }


def tuned_1(run) -> float:
    return of_encoder(run, "classifier", 1)


def tuned_10(run) -> float:
    return of_encoder(run, "classifier", 10)


def tuned_100(run) -> float:
    return of_encoder(run, "classifier", 100)


def frozen_1(run) -> float:
    return of_encoder(run, "linear_probe", 1)


def frozen_10(run) -> float:
    return of_encoder(run, "linear_probe", 10)


def frozen_100(run) -> float:
    return of_encoder(run, "linear_probe", 100)
