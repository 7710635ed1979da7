"""Edits of images by a run's model: columns of a picture, from the images as they are to their last change."""

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genarium.commands.run_images import data_of, of_files, of_split
from genarium.config import compose
from genarium.data.content import check_content
from genarium.data.images import Images
from genarium.errors import UserError, nearest
from genarium.losses.perceptual import feature_distance
from genarium.losses.reconstruction import Distance
from genarium.networks.efficientnet_lite import EfficientNetMaps
from genarium.protocols import Decodes, DecodesClass, Encodes
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.uses.attribute import difference_of_means, ends, linear_classifier, orthogonalized
from genarium.uses.codes import CHUNK, MINIMIZERS, codes, inverted, starts
from genarium.uses.inversion import Decode, pixels

FRACTION = 0.25
"""Of a factor's training values, at either end, that count as with the attribute and without it."""


@functools.cache
def perceptual() -> Distance:
    """Distance of EfficientNet-Lite0's maps of two images."""
    maps = EfficientNetMaps("efficientnet-lite0")
    return lambda a, b: feature_distance(maps(a), maps(b))


DISTANCES: Mapping[str, Callable[[], Distance]] = {"pixels": lambda: pixels, "features": perceptual}
"""Of images and those that codes give, by name."""
Columns = dict[str, Tensor]
"""Name of each column of the picture -> its images, (B, C, R, R)."""


def edited(run: Run, values: Mapping[str, Any]) -> Columns:
    """The picture's columns; UserError for what cannot be edited."""
    model, data, choice = restore(run, values["checkpoint"]), data_of(run), compose.load(run.config).choices.model
    check_content(run, data)
    random = torch.Generator().manual_seed(values["seed"])
    with model.evaluating(values["seed"]):
        if values["attribute"]:
            if not isinstance(model, Decodes):
                raise UserError(f"{choice} decodes no codes: name a run of model=vae, ali or dcgan")
            return along(model, data, values, random)
        if not isinstance(model, DecodesClass):
            raise UserError(f"{choice} is given no class: edit an attribute=…, or name a run of model=cvae or age_cgan")
        return as_class(model, data, values, random)


def along(model: Decodes, data: Images, values: Mapping[str, Any], random: torch.Generator) -> Columns:
    """Images whose codes are moved along an attribute's direction."""
    names = [values["attribute"], *filter(None, values["keep"].split(","))]
    labeled = [labeled_rows(data, name, values["fit"]) for name in names]
    x = of_files(data, values["in"]).images if values["in"] else of_split(data, "val", values["count"]).images
    if not isinstance(model, Encodes):
        fit = sum(len(rows) for rows, _ in labeled)
        print(f"finding codes of {fit:,} training images, and of {len(x):,}, by inversion", file=sys.stderr)
    find = linear_classifier if values["direction"] == "classifier" else difference_of_means
    found = []
    for rows, positive in labeled:
        fitted = codes(model, data.pictures(rows).images, random)
        found.append((find(fitted, torch.from_numpy(positive)), fitted))
    direction, fitted = found[0]
    if found[1:]:
        direction = orthogonalized(direction, [other for other, _ in found[1:]], fitted)
    z = codes_of(model, x, values, random)
    moves = np.linspace(-values["range"], values["range"], values["steps"]).tolist()
    shown = {f"{to:+.3g}" if to else "0": model.decode(direction.moved(z, to)) for to in moves}
    return {"image": x, "decoded": model.decode(z)} | shown


def as_class(model: DecodesClass, data: Images, values: Mapping[str, Any], random: torch.Generator) -> Columns:
    """Images of each class shown as others, their codes optimized under their own."""
    names = list(data.packed.classes)
    targets = range(len(names)) if values["class"] == "all" else [place(names, values["class"])]
    given = of_split(data, "val", values["count"])
    decode = lambda z: model.decode_class(z, given.labels)
    z = optimized(model, decode, given.images, values, random)
    shown = {names[target]: model.decode_class(z, torch.full_like(given.labels, target)) for target in targets}
    return {"image": given.images, "decoded": decode(z)} | shown


def codes_of(model: Decodes, x: Tensor, values: Mapping[str, Any], random: torch.Generator) -> Tensor:
    """Codes of edited images: the encoder's; where there is none, or an optimizer is named, optimized ones."""
    if values["optimizer"] != "auto" or not isinstance(model, Encodes):
        return torch.cat([optimized(model, model.decode, part, values, random) for part in x.split(CHUNK)])
    if values["distance"] != "pixels":
        raise UserError(
            f"distance={values['distance']} is of an optimizer, and codes are the encoder's: add optimizer=adam"
        )
    return codes(model, x, random)


def optimized(model: Decodes, decode: Decode, x: Tensor, values: Mapping[str, Any], random: torch.Generator) -> Tensor:
    """Codes whose images are nearest, by inversion as `values` have it."""
    name = "adam" if values["optimizer"] == "auto" else values["optimizer"]
    begun = starts(model, x, random, values["starts"])
    return inverted(decode, x, begun, DISTANCES[values["distance"]](), minimizer=MINIMIZERS[name])


def labeled_rows(data: Images, name: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """At most `count` training rows, (n,), and which of them have the attribute, (n,) bool: those at the ends of a
    factor, or of a class and of all others, as many of either as there are."""
    rows, packed = data.split_indices("train"), data.packed
    if name in packed.factors:
        without, having = (rows[chosen] for chosen in ends(np.asarray(packed.factors[name])[rows], FRACTION))
    elif len(packed.classes) < 2 and not packed.factors:
        raise UserError(f"{packed.name} knows no attribute: train on data with classes or factors (data=garden)")
    else:
        label = place(list(packed.classes), name, packed.factors)
        having, without = (rows[packed.labels[rows] == label], rows[packed.labels[rows] != label])
    if not len(having) or not len(without):
        raise UserError(f"attribute={name}: no training image has it, or all have it: choose another")
    half = min(len(having), len(without), max(1, count // 2))
    spread = lambda some: some[np.arange(half) * len(some) // half]
    return np.concatenate([spread(without), spread(having)]), np.repeat([False, True], half)


def place(classes: list[str], name: str, factors: Mapping[str, Any] | None = None) -> int:
    """The label of a class; UserError where there is none of this name."""
    if name not in classes:
        key = "class" if factors is None else "attribute"
        known = [*(factors or {}), *classes]
        raise UserError(f"{key}={name}: the run's data have none of this name{nearest(name, known)}")
    return classes.index(name)
