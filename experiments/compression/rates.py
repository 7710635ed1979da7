"""Bits per pixel, all channels together, of test images: by a model's codes, and by codecs of one contact sheet."""

import numpy as np
import torch
from torch import Tensor

from genarium.commands.run_images import data_of, of_split
from genarium.errors import UserError
from genarium.metrics.image_codecs import pixels_of, rate_at, rate_curve
from genarium.metrics.psnr import mean_psnr
from genarium.metrics.psnr import psnr as psnr_of
from genarium.protocols import HasDiscreteCodes
from genarium.training.checkpoint import restore
from genarium.uses.compression import CHUNK, compress, decompress

COUNT = 1_000
"""Test images at most."""


def lossy(run):
    """(the model, its data, test images); UserError where it has no discrete codes."""
    model = restore(run)
    if not isinstance(model, HasDiscreteCodes):
        raise UserError("a file of codes takes discrete ones: those of a VQ-VAE")
    return model, (data := data_of(run)), of_split(data, "test", COUNT).images


def file_and_images(run) -> tuple[bytes, Tensor, Tensor]:
    """(the file, what it decodes to, the test images)."""
    model, _, x = lossy(run)
    with model.evaluating(seed=0):
        file = compress(model, x)
        return file, decompress(model, file), x


def file_bits(run) -> float:
    """Of the written file, header and all."""
    file, _, x = file_and_images(run)
    return 8 * len(file) / pixels_of(x)


def histogram_bits(run) -> float:
    """Of codes under their frequencies in the training images, each once more: without the learned prior."""
    model, data, x = lossy(run)
    with model.evaluating(seed=0):
        counts = np.ones(model.code_prior.size)
        for batch in data.validation_batches(CHUNK, "train"):
            counts += np.bincount(model.codes(batch.images).flatten().numpy(), minlength=len(counts))
        codes = torch.cat([model.codes(part) for part in x.split(CHUNK)]).flatten().numpy()
    return float(-np.log2(counts / counts.sum())[codes].sum()) / pixels_of(x)


def psnr(run) -> float:
    _, made, x = file_and_images(run)
    return mean_psnr(psnr_of(reconstruction=made, original=x))["psnr"]


def at_equal_psnr(run, codec: str) -> float:
    _, made, x = file_and_images(run)
    return rate_at(rate_curve(x, codec), mean_psnr(psnr_of(reconstruction=made, original=x))["psnr"])


def jpeg_bits(run) -> float:
    return at_equal_psnr(run, "jpeg")


def webp_bits(run) -> float:
    return at_equal_psnr(run, "webp")
