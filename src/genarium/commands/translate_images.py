"""Translation of image files by a run's model."""

import io
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genarium.commands.run_images import WHITE
from genarium.commands.translate_sizes import Way, sized
from genarium.config import compose
from genarium.data.image_store import floats
from genarium.data.packing.appearance import opaque
from genarium.data.packing.decode import Recipe, picture
from genarium.data.packing.unreadable import Unreadable, left_out, listed, say
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.pixels import to_bytes
from genarium.protocols import Translates, TranslatesBack
from genarium.runs.run import Run
from genarium.training.checkpoint import restore


def translate_images(
    run: Run, jobs: Sequence[tuple[Path, Path]], size: str, way: str, checkpoint: str
) -> Iterator[Path]:
    """Translates each (image, PNG) and yields the PNG; images that cannot be used are left out and named on standard
    error. UserError for a run that translates nothing, or not back, or where no image is left."""
    config, model = compose.load(run.config), restore(run, checkpoint)
    if not isinstance(model, Translates):
        raise UserError(f"{config.choices.model} translates no images: name a run of model=pix2pix or its like")
    if config.data.get("height") == 1:
        raise UserError(
            f"{run.folder} super-samples signals, which no image is: its test trials are measured by genarium evaluate"
            f" {shlex.quote(f'run={run.folder}')} evaluation.extractor=none evaluation.measures=[translations]"
        )
    data, chosen = config.data, way_of(model, way, config.choices.model)
    recipe = Recipe(data.resolution, data.channels, data.crop, tuple(data.get("background", WHITE)), data.get("white"))
    skipped: dict[str, str] = {}
    for source, target in jobs:
        try:
            x, missing = opened(source, recipe)
        except Unreadable as error:
            skipped[str(source)] = str(error)
            continue
        with model.evaluating(seed=0):
            made = sized(chosen, x, missing, size, data.resolution, source)
        if not missing.any() and chosen.source_of(x, missing).shape[1] > x.shape[1]:
            print(f"{source.name} has no transparent pixels, so nothing was filled", file=sys.stderr)
        write_atomically(target, png_of(made))
        yield target
    if len(skipped) == len(jobs):
        raise UserError(f"no image can be used, {listed(skipped)}: save them as PNG of 8 bits a channel")
    if skipped:
        say(left_out(skipped))


def way_of(model: Translates, way: str, name: str) -> Way:
    """There, or back; UserError for a model, called `name`, that goes one way."""
    if way == "there":
        return Way(model.source_of, model.translate)
    if not isinstance(model, TranslatesBack):
        raise UserError(f"{name} translates one way: leave way=there, or train model=cyclegan")
    return Way(lambda x, missing: x, model.translate_back)


def png_of(image: Tensor) -> bytes:
    """(1, C, H, W) in [-1, 1] as a file."""
    file, pixels = io.BytesIO(), to_bytes(image)[0].permute(1, 2, 0).numpy()
    Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0]).save(file, format="PNG")
    return file.getvalue()


def opened(path: Path, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """An image file, read as the run's own were -> (1, C, H, W) in [-1, 1], and where it is transparent, (1, 1, H, W)
    bool; raises Unreadable."""
    image = picture(path, recipe)
    flat = np.array(opaque(image, recipe.background, recipe.channels)).reshape(*image.size[::-1], recipe.channels)
    alpha = np.array(image.convert("RGBA").getchannel("A"))
    return floats(torch.from_numpy(flat).permute(2, 0, 1)[None]), torch.from_numpy(alpha < 128)[None, None]
