"""Moves along one latent, the others at rest, and along random directions: whether what a reader of factors sees
change is due to one of them or to many."""

import torch

from genarium.config import compose
from genarium.evaluation.factor_reader import factor_reader
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.metrics.traversal import one_direction_share
from genarium.protocols import Decodes, Encodes, require
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


def share(run, random: bool) -> float:
    config, data, reader = opened(run)
    model, rows = restore(run), evenly_spaced(data.split_indices("val"), CODES)
    encoder, decoder = require(model, Encodes), require(model, Decodes)
    with model.evaluating(0), torch.no_grad():
        codes = torch.cat([encoder.encode(part) for part in data.pictures(rows).images.split(500)])
        directions = random_directions(codes, config.seed) if random else latent_directions(codes)
        found = effects(decoder, evenly_spaced(codes, MOVED), directions, reader.read)
        return one_direction_share(found.double().numpy())


def along_latents(run) -> float:
    return share(run, random=False)


def along_random(run) -> float:
    return share(run, random=True)


def reader_error(run) -> float:
    """Mean absolute error of the reader on held-out images, in the factors' standard deviations: what it gets wrong."""
    _, data, reader = opened(run)
    rows = data.split_indices("val")
    return reader.errors(data.pictures(rows).images, rows, "factor_reader_error")["factor_reader_error"]
