"""Edits along directions of attributes, judged by a reader of factors that chose no direction."""

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch import Tensor

from genarium.config import compose
from genarium.evaluation.factor_reader import FactorReader, factor_reader
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.metrics.attribute_edits import edit_effect
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.attribute import Direction, along, difference_of_means, linear_classifier, orthogonalized
from genarium.uses.codes import codes

EDITED = ("hue", "petal_length", "background")
FITTED, TRIED, MOVE = 600, 200, 3.0
"""Training images whose codes give the directions, held-out ones that are edited, standard deviations beyond the
boundary."""
Code = Callable[[Tensor], Tensor]


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def judge(data) -> FactorReader:
    """The reader, four epochs long; it stands in the cache of the data for every run."""
    settings = {"width": 16, "images": 4 * len(data.split_indices("train")), "batch_size": 100}
    made = factor_reader(data, settings | {"learning_rate": 0.003, "seed": 0})
    made.network.eval()
    return made


def images(data, split: str, count: int) -> tuple[Tensor, np.ndarray]:
    """At most `count` images of a split, and their rows."""
    rows = data.split_indices(split)
    rows = evenly_spaced(rows, min(count, len(rows)))
    return data.pictures(rows).images, rows


def effects(data, encode: Code, decode: Code, find, seed: int) -> dict[str, float]:
    """Means over the edited attributes of what edits change: along their directions, along these orthogonal to those of
    all other factors, and along a random one."""
    reader = judge(data)
    (x, rows), (shown, _) = images(data, "train", FITTED), images(data, "val", TRIED)
    fitted, z = encode(x), encode(shown)
    having = reader.known[torch.from_numpy(rows)] > 0
    plain = [find(fitted, having[:, factor]) for factor in range(len(reader.names))]
    drawn = torch.randn(fitted.shape[1], generator=torch.Generator().manual_seed(seed))
    random = along(drawn, fitted.mean(0), fitted)
    read = lambda z: reader.read(decode(z)).numpy()
    before, found = read(z), {}
    for name in EDITED:
        factor = reader.names.index(name)
        others = [plain[other] for other in range(len(plain)) if other != factor]
        kinds = {"": plain[factor], "orthogonal_": orthogonalized(plain[factor], others, fitted), "random_": random}
        for kind, direction in kinds.items():
            after = read(across(direction, z, before[:, factor]))
            effect = edit_effect(before=before, after=after, attribute=factor, boundary=0.0)
            for what, value in effect._asdict().items():
                found[kind + what] = found.get(kind + what, 0.0) + value / len(EDITED)
    return found


def across(direction: Direction, z: Tensor, read: np.ndarray) -> Tensor:
    """Codes on the other side of the boundary than that on which the judge saw the attribute."""
    return direction.moved(z, torch.from_numpy(np.where(read < 0, MOVE, -MOVE)).float())


def pixels(config, seed: int) -> dict[str, float]:
    """Control: images are their own codes, moved by the difference of mean images."""
    data = opened(config)
    shape = (config.data.channels, config.data.resolution, config.data.resolution)
    with torch.no_grad():
        decode = lambda z: z.unflatten(1, shape).clamp(-1, 1)
        return effects(data, lambda x: x.flatten(1), decode, difference_of_means, seed)


@cache
def of_run(run) -> dict[str, float]:
    config, model = compose.load(run.config), restore(run)
    random = torch.Generator().manual_seed(config.seed)
    with model.evaluating(0):
        encode = lambda x: codes(model, x, random)
        return effects(opened(config), encode, model.decode, linear_classifier, config.seed)


def flips(run) -> float:
    return of_run(run)["flips"]


def drift(run) -> float:
    return of_run(run)["drift"]


def selectivity(run) -> float:
    return of_run(run)["selectivity"]


def orthogonal_selectivity(run) -> float:
    return of_run(run)["orthogonal_selectivity"]


def random_selectivity(run) -> float:
    return of_run(run)["random_selectivity"]
