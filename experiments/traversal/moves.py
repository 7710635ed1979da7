"""Moves along one latent, the others at rest, and along random directions: how many factors each changes, and how many
of them change each factor, as a reader of factors sees it."""

from functools import cache
from pathlib import Path

import numpy as np
import torch

from genarium.config import compose
from genarium.evaluation.factor_reader import factor_reader
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.metrics.traversal import one_direction_share, one_factor_share
from genarium.protocols import Decodes, Encodes, require
from genarium.runs.run import Run
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.traversal import effects, latent_directions, random_directions

CODES, MOVED = 1000, 200
"""Held-out images whose codes say how far a latent goes, and from how many of them it moves."""


def opened(run):
    config = compose.load(run.config)
    data = built(config.data.module, "data.module")
    data.setup()
    reader = factor_reader(data, dict(compose.composed(["run=none"], "evaluate").evaluation.metrics.factor_reader))
    reader.network.eval()
    return config, data, reader


@cache
def changes(folder: Path, random: bool) -> np.ndarray:
    """Effects of moves on factors, (D, F)."""
    run = Run(folder)
    config, data, reader = opened(run)
    model, rows = restore(run), evenly_spaced(data.split_indices("val"), CODES)
    encoder, decoder = require(model, Encodes), require(model, Decodes)
    with model.evaluating(0), torch.no_grad():
        codes = torch.cat([encoder.encode(part) for part in data.pictures(rows).images.split(500)])
        directions = random_directions(codes, config.seed) if random else latent_directions(codes)
        return effects(decoder, evenly_spaced(codes, MOVED), directions, reader.read).double().numpy()


def factors_of_latents(run) -> float:
    return one_factor_share(changes(run.folder, random=False))


def factors_of_random(run) -> float:
    return one_factor_share(changes(run.folder, random=True))


def latents_of_factors(run) -> float:
    return one_direction_share(changes(run.folder, random=False))


def random_of_factors(run) -> float:
    return one_direction_share(changes(run.folder, random=True))


def reader_error(run) -> float:
    """Mean absolute error of the reader on held-out images, in the factors' standard deviations: what it gets wrong."""
    _, data, reader = opened(run)
    rows = data.split_indices("val")
    return reader.errors(data.pictures(rows).images, rows, "factor_reader_error")["factor_reader_error"]
