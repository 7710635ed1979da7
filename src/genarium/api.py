"""Genarium from Python: the commands as functions, their words as arguments (`"model=vae"`). Errors are UserError."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from genarium.errors import UserError
from genarium.runs.run import Run

if TYPE_CHECKING:  # torch takes seconds: it comes with the first model
    from torch import Tensor

    from genarium.training.module import Module

Place = Run | str | Path
"""A run, or its folder."""


def train(*words: str) -> Run:
    """Train as `genarium train WORDS` does. -> the run, in its folder runs/<group>/<name>

    `resume=FOLDER` goes on with a run, with other words as changes. Several devices need the command line, which
    starts their processes.
    """
    from genarium.commands import train as command
    from genarium.config import compose
    from genarium.studies import sweeps

    if resumed := [word for word in words if word.startswith("resume=")]:
        return command.resume(resumed[-1].partition("=")[2], [word for word in words if word not in resumed])
    read = [sweeps.read(word, sweep=False) for word in words]
    command.check(read)
    if compose.composed(read).trainer.get("devices", 1) not in (1, "auto"):
        raise UserError("several devices take processes of their own: use `genarium train` on the command line")
    return command.train_one(read)


def load(run: Place, checkpoint: str = "last") -> Module:
    """The trained model of a run, on the CPU and in evaluation mode; `checkpoint` is last or best. Within
    `model.evaluating(seed)` its weights are the averaged ones and nothing takes a gradient."""
    from genarium.training.checkpoint import restore

    return restore(opened(run), checkpoint).eval()


def sample(run: Place, count: int = 64, seed: int = 0, checkpoint: str = "last") -> Tensor:
    """Images of a run's averaged model, from the seed alone. -> (count, C, R, R) in [-1, 1]; points of a plane, which
    are (count, 2, 1, 1), are not bounded."""
    from genarium.evaluation.drawn import drawn

    if count < 1:
        raise UserError(f"count={count}: must be a whole number, 1 or more")
    images = drawn(sampling(opened(run), checkpoint), count, seed)
    return images.clamp(-1, 1) if images.shape[-1] > 1 else images


def sampling(run: Run, checkpoint: str) -> Module:
    """The model of a run that samples; UserError where it has no prior."""
    from genarium.config import compose
    from genarium.protocols import Samples

    model = load(run, checkpoint)
    if not isinstance(model, Samples):
        choice = compose.load(run.config).choices.model
        raise UserError(f"{choice} does not sample: it has no prior; its reconstructions are in {run.folder}/pictures")
    return model


def evaluate(run: Place, *words: str) -> dict[str, float]:
    """Measure a run as `genarium evaluate RUN WORDS` does, and keep the numbers with their protocols in its
    result.json. -> name -> value"""
    from genarium.commands import evaluate as command

    found, read = opened(run), command.read(list(words))
    if read.folders:
        raise UserError(f"{read.folders[0]}: evaluate measures one run, and other words are key=value")
    config = command.configuration(read.keys)
    from genarium.commands import evaluate_run  # torch takes seconds: every word was understood

    config.device = evaluate_run.device(read.device)
    book = evaluate_run.evaluate(found, config, read.places)
    return {name: entry["value"] for name, entry in book.numbers.items()}


def opened(run: Place) -> Run:
    return run if isinstance(run, Run) else Run.open(run)
