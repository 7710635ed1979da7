"""Compression of images by a run's model, and what other codecs take for the same images."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from genarium.commands.run_images import data_of, of_folder
from genarium.config import compose
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.metrics.image_codecs import LOSSY, RatePoint, pixels_of, rate_at, rate_curve
from genarium.metrics.psnr import mean_psnr, psnr
from genarium.pixels import to_bytes
from genarium.protocols import HasDiscreteCodes
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.training.module import Module
from genarium.uses.compression import HEADER, compress, decompress


def coder(run: Run, checkpoint: str) -> Module:
    """The run's model; UserError where it has no discrete codes."""
    model = restore(run, checkpoint)
    if not isinstance(model, HasDiscreteCodes):
        name = compose.load(run.config).choices.model
        raise UserError(f"{name} has no discrete codes under a learned prior: name a run of model=vq_vae")
    return model


def compress_images(run: Run, folder: str, out: Path, checkpoint: str) -> Iterator[str]:
    """Writes the file, and yields its size and quality, and those of other codecs."""
    model = coder(run, checkpoint)
    x = of_folder(data_of(run), folder).images
    with model.evaluating(seed=0):
        file = compress(model, x)
        made = decompress(model, file)
    write_atomically(out, file)
    own = RatePoint(8 * len(file) / pixels_of(x), mean_psnr(psnr(reconstruction=made, original=x))["psnr"])
    side = x.shape[-1]
    yield f"{len(x):,} images of {side} x {side} px: {len(file):,} bytes, {HEADER.size} of them the header"
    yield f"{'':<22}bits/px  PSNR"
    yield f"{compose.load(run.config).choices.model:<22}{own.bits_per_pixel:7.3f}  {own.psnr:.2f} dB"
    for codec in LOSSY:
        rate = rate_at(rate_curve(x, codec), own.psnr)
        yield f"{codec + ' of one sheet':<22}{rate:7.3f}  at least as good"
    yield str(out)


def decompress_images(run: Run, source: Path, out: Path, checkpoint: str) -> Iterator[Path]:
    """Writes the images of a file, and yields their paths."""
    model = coder(run, checkpoint)
    try:
        with model.evaluating(seed=0):
            images = to_bytes(decompress(model, source.read_bytes()))
    except UserError as error:
        raise UserError(f"{source} {error}") from None
    for number, image in enumerate(images.permute(0, 2, 3, 1).numpy(), 1):
        png, path = io.BytesIO(), out / f"{number:04}.png"
        Image.fromarray(np.squeeze(image)).save(png, format="PNG")
        write_atomically(path, png.getvalue())
        yield path
