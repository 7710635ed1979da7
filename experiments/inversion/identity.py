"""Images shown as another class by three codes: the encoder's, and those optimized for pixels or for identity.

The class is the number of petals, identity are the other factors of a flower, and the true counterpart is painted.
"""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from genarium.config import compose
from genarium.data.sources.garden import render
from genarium.data.sources.garden_painter import PETALS
from genarium.evaluation.factor_reader import FactorReader, factor_reader
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.metrics.psnr import psnr
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.codes import inverted
from genarium.uses.inversion import of_features
from genarium.uses.inversion import pixels as pixel_distance

TRIED, STEPS, TURN = 150, 150, 3
"""Held-out images; steps of Adam on a code; classes further on, around the end."""
KINDS = ("first", "pixels", "identity")


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def reader(data, seed: int) -> FactorReader:
    """A reader of factors; one of another seed has learned nothing from this one."""
    settings = {"width": 16, "images": 4 * len(data.split_indices("train")), "batch_size": 100}
    made = factor_reader(data, settings | {"learning_rate": 0.003, "seed": seed})
    made.network.eval()
    return made


def tried(data) -> tuple[Tensor, Tensor, Tensor, np.ndarray, Tensor]:
    """Held-out images, their labels, the labels to be shown, rows, and the true counterparts."""
    rows = evenly_spaced(data.split_indices("val"), min(TRIED, data.packed.count("val")))
    batch = data.pictures(rows)
    targets = (batch.labels + TURN) % len(PETALS)
    factors = {name: values[rows] for name, values in data.source.factors().items()}
    truth = render(factors | {"petals": np.asarray(PETALS)[targets.numpy()]}, data.resolution)
    return batch.images, batch.labels, targets, rows, torch.from_numpy(truth).float() / 127.5 - 1


def judged(data, made: Tensor, rows: np.ndarray, targets: Tensor, truth: Tensor) -> dict[str, float]:
    """By a reader that no code was optimized with: the mean error of the other factors, the share of images whose
    petals are nearest to the number that was asked for; and PSNR to the true counterpart."""
    judge = reader(data, 0)
    petals, others = judge.names.index("petals"), [i for i, name in enumerate(judge.names) if name != "petals"]
    read, known = judge.read(made), judge.known[torch.from_numpy(rows)]
    every = data.packed.factors["petals"][data.packed.indices("train")]
    numbers = torch.from_numpy((np.asarray(PETALS) - every.mean()) / every.std())
    nearest = (read[:, petals, None] - numbers).abs().argmin(1)
    return {
        "error": (read - known)[:, others].abs().mean().item(),
        "petals": (nearest == targets).double().mean().item(),
        "psnr": psnr(reconstruction=made, original=truth).mean().item(),
    }


def copies(config, seed: int) -> dict[str, float]:
    """Control: images as they are, whose identity is kept and whose class is not changed."""
    data = opened(config)
    x, _, targets, rows, truth = tried(data)
    with torch.no_grad():
        found = judged(data, x, rows, targets, truth)
    return {f"{kind}_{what}": value for kind in KINDS for what, value in found.items()}


@cache
def of_run(run) -> dict[str, float]:
    config, model = compose.load(run.config), restore(run)
    data = opened(config)
    x, labels, targets, rows, truth = tried(data)
    features = reader(data, 1).network[:-1]  # what its last layer reads factors from
    found = {}
    with model.evaluating(0):
        decode, first = lambda z: model.decode_class(z, labels), model.encode(x)
        distances = {"pixels": pixel_distance, "identity": of_features(features)}
        z = {"first": first}
        z |= {kind: inverted(decode, x, first[None], distance, STEPS) for kind, distance in distances.items()}
        for kind in KINDS:
            of_kind = judged(data, model.decode_class(z[kind], targets), rows, targets, truth)
            found |= {f"{kind}_{what}": value for what, value in of_kind.items()}
        drawn = torch.randn(len(x), model.latent_dim, generator=torch.Generator().manual_seed(config.seed))
        own = inverted(decode, decode(drawn), model.encode(decode(drawn))[None], pixel_distance, STEPS)
        found["own_code_error"] = ((own - drawn).square().sum() / drawn.square().sum()).item()
    return found


def first_error(run) -> float:
    return of_run(run)["first_error"]


def pixels_error(run) -> float:
    return of_run(run)["pixels_error"]


def identity_error(run) -> float:
    return of_run(run)["identity_error"]


def first_psnr(run) -> float:
    return of_run(run)["first_psnr"]


def pixels_psnr(run) -> float:
    return of_run(run)["pixels_psnr"]


def identity_psnr(run) -> float:
    return of_run(run)["identity_psnr"]


def identity_petals(run) -> float:
    return of_run(run)["identity_petals"]


def own_code_error(run) -> float:
    return of_run(run)["own_code_error"]
