"""Images for a run's model: those of a split of its own data, or every image of a folder, decoded as its data were."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from omegaconf import DictConfig
from torch import Tensor

from genarium.config import compose
from genarium.data.binarize import binary, levels_of_rows
from genarium.data.image_store import floats
from genarium.data.images import Images
from genarium.data.packing.decode import Recipe, pixels
from genarium.data.packing.unreadable import Unreadable, left_out, listed, say
from genarium.data.signals import Signals
from genarium.data.source import Files
from genarium.data.sources.listing import printable
from genarium.data.sources.user_folder import ImageFiles
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.build import built

WHITE = (255, 255, 255)
"""What lies behind transparent pixels where a run's data say nothing about it."""


class NamedImages(NamedTuple):
    """(N, C, R, R) in [-1, 1], the label of each, (N,) int64, its name, and the name of each label; in a folder every
    label is 0, and none has a name."""

    images: Tensor
    labels: Tensor
    names: list[str]
    classes: tuple[str, ...]


def data_of(run: Run) -> Images:
    """The run's data, packed and open; UserError where they are no images."""
    config: DictConfig = compose.load(run.config)
    data = built(config.data.module, "data.module")
    if not isinstance(data, Images):
        raise UserError(f"{run.folder} was trained on {config.data.name}, which are no images: name a run on images")
    data.setup()
    return data


def of_split(data: Images, split: str, count: int | None = None) -> NamedImages:
    """The images of a split as they measure; `count` of them, evenly spread, where it has more; UserError where it has
    none."""
    rows = data.split_indices(split)
    if count is not None and count < len(rows):
        rows = rows[np.arange(count) * len(rows) // count]
    batch, names = data.pictures(rows), data.packed.names
    named = [names[row] if names else f"{split}/{row}" for row in rows]
    return NamedImages(batch.images, batch.labels, named, data.packed.classes)


def of_files(data: Images, files: ImageFiles) -> NamedImages:
    """Images of a user by the recipe of the run's own data; files that cannot be decoded are left out and named on
    standard error. UserError where none is left, or where the run's data are signals."""
    typed = printable(files.typed)
    if isinstance(data, Signals):
        raise UserError(f"in={typed}: the run was trained on signals, which no image is: leave in= out")
    decoded, skipped = decode(files.root, files.names, recipe_of(data))
    if not decoded:
        raise UserError(f"in={typed} holds no image that can be used, {listed(skipped)}: convert it to PNG")
    if skipped:
        say(f"{typed}: {left_out(skipped)}")
    stacked = np.stack(list(decoded.values()))
    images = torch.from_numpy(stacked)
    if data.binarize:
        images = binary(images, torch.from_numpy(levels_of_rows(np.arange(len(images)), stacked.shape[1:])))
    return NamedImages(floats(images), torch.zeros(len(images), dtype=torch.long), list(decoded), ())


def recipe_of(data: Images) -> Recipe:
    """How the run's own files became arrays; drawn sets have white behind transparent pixels."""
    red, green, blue = data.source.background if isinstance(data.source, Files) else WHITE
    return Recipe(data.resolution, data.channels, data.crop, (red, green, blue), data.white)


def decode(root: Path, names: list[str], recipe: Recipe) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """(name -> (C, R, R) uint8, name -> why it cannot be used)."""
    decoded, skipped = {}, {}
    for name in names:
        try:
            decoded[name] = pixels(root / name, None, recipe)
        except Unreadable as error:
            skipped[name] = str(error)
    return decoded, skipped
