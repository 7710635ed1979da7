"""Compression of images by a run's model, and what other codecs take for the same images."""

import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from genarium.commands.run_images import data_of, of_files
from genarium.config import compose
from genarium.data.sources.user_folder import ImageFiles
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.metrics.image_codecs import (
    LOSSLESS,
    LOSSY,
    lossless_bits_per_pixel,
    pixels_of,
    rate_at,
    rate_curve,
)
from genarium.metrics.psnr import mean_psnr, psnr
from genarium.pixels import to_bytes
from genarium.protocols import DecodesPixels, HasDiscreteCodes
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.training.module import Module
from genarium.uses import bits_back, compression
from genarium.uses.anomaly import offered, scored


class Coder(NamedTuple):
    """A run's model, how its files are written and read, their ending, and what is reported of them."""

    model: Module
    compress: Callable[[object, Tensor], bytes]
    decompress: Callable[[object, bytes], Tensor]
    ending: str
    report: "CodecReport"


CodecRow = tuple[str, float, str]
"""A codec, its bits per pixel, and what is said about it."""
CodecReport = Callable[[object, Tensor, Tensor], Iterator[CodecRow]]


def coder(run: Run, checkpoint: str) -> Coder:
    """By what the run's model offers; UserError where that is neither discrete codes nor a VAE without loss."""
    model, name = restore(run, checkpoint), compose.load(run.config).choices.model
    if isinstance(model, HasDiscreteCodes):
        return Coder(model, compression.compress, compression.decompress, ".vq", lossy)
    if not isinstance(model, DecodesPixels):
        raise UserError(
            f"{name} has no discrete codes under a learned prior, nor is it a VAE: name a run of model=vq_vae"
        )
    try:
        bits_back.BitsBack(model)
    except UserError as error:
        raise UserError(f"{name} {error}") from None
    return Coder(model, bits_back.compress, bits_back.decompress, ".bb", lossless)


def compress_images(run: Run, images: ImageFiles, out: Path, checkpoint: str) -> Iterator[str]:
    """Writes the file, and yields its size and quality, and those of other codecs."""
    own = coder(run, checkpoint)
    if out.suffix.lower() != own.ending:
        raise UserError(f"out={out}: files of this run end in {own.ending}: set out={out.with_suffix(own.ending)}")
    x = of_files(data_of(run), images).images
    with own.model.evaluating(seed=0):
        file = own.compress(own.model, x)
        made = own.decompress(own.model, file)
        rows = list(own.report(own.model, x, made))
    write_atomically(out, file)
    side = x.shape[-1]
    yield f"{len(x):,} images of {side} x {side} px: {len(file):,} bytes, {compression.HEADER.size} of them the header"
    quality = mean_psnr(psnr(reconstruction=made, original=x))["psnr"]
    said = "without loss" if own.ending == ".bb" else f"PSNR {quality:.2f} dB"
    mine = (f"{compose.load(run.config).choices.model}, the file", 8 * len(file) / pixels_of(x), said)
    yield f"{'':<26}bits/px"
    yield from (f"{name:<26}{bits:7.3f}  {said}" for name, bits, said in (mine, *rows))
    yield str(out)


def lossy(model: object, x: Tensor, made: Tensor) -> Iterator[CodecRow]:
    """JPEG and WebP of one sheet of the images, at the lowest quality that is at least as good."""
    quality = mean_psnr(psnr(reconstruction=made, original=x))["psnr"]
    for codec in LOSSY:
        yield f"{codec} of one sheet", rate_at(rate_curve(x, codec), quality), "at least as good"


def lossless(model: object, x: Tensor, made: Tensor) -> Iterator[CodecRow]:
    """The negative ELBO, which bits back takes of further images, and PNG and WebP of one sheet of the images."""
    nats = scored(offered(model, torch.flatten)["negative_elbo"], x).sum().item()
    yield "negative ELBO", nats / math.log(2) / pixels_of(x), "without the first image's code"
    for codec in LOSSLESS:
        yield f"{codec} of one sheet", lossless_bits_per_pixel(x, codec), "without loss"


def decompress_images(run: Run, source: Path, out: Path, checkpoint: str) -> Iterator[Path]:
    """Writes the images of a file, and yields their paths."""
    own = coder(run, checkpoint)
    try:
        with own.model.evaluating(seed=0):
            images = to_bytes(own.decompress(own.model, source.read_bytes()))
    except UserError as error:
        raise UserError(f"{source} {error}") from None
    for number, image in enumerate(images.permute(0, 2, 3, 1).numpy(), 1):
        png, path = io.BytesIO(), out / f"{number:04}.png"
        Image.fromarray(np.squeeze(image)).save(png, format="PNG")
        write_atomically(path, png.getvalue())
        yield path
