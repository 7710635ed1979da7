"""Bits per pixel, all channels together, of test images without loss: a VAE's file and its bound, and codecs of a
contact sheet."""

import math

import torch
from torch import Tensor

from genarium.commands.run_images import data_of, of_split
from genarium.errors import UserError
from genarium.metrics.image_codecs import lossless_bits_per_pixel, pixels_of
from genarium.protocols import Weighs
from genarium.training.checkpoint import restore
from genarium.uses.anomaly import offered, scored
from genarium.uses.bits_back import compress

COUNT = 1_000
"""Test images at most."""


def lossless(run) -> tuple[object, Tensor]:
    """(the model, test images); UserError where it bounds no likelihood of 8-bit images."""
    model = restore(run)
    if not isinstance(model, Weighs) or model.likelihood.log_bin_width:
        raise UserError("lossless coding takes a likelihood of 8-bit images: model/likelihood=discretized_logistic")
    return model, of_split(data_of(run), "test", COUNT).images


def file_bits(run) -> float:
    """Of the file that `genarium compress` writes, header and first bits and all."""
    model, x = lossless(run)
    with model.evaluating(seed=0):
        return 8 * len(compress(model, x)) / pixels_of(x)


def bound_bits(run) -> float:
    """What bits-back coding takes of a further image: the negative ELBO (Townsend et al., arXiv:1901.04866, eq. 4)."""
    model, x = lossless(run)
    with model.evaluating(seed=0):
        nats = scored(offered(model, torch.flatten)["negative_elbo"], x)
    return nats.sum().item() / math.log(2) / pixels_of(x)


def png_bits(run) -> float:
    return lossless_bits_per_pixel(lossless(run)[1], "png")


def webp_bits(run) -> float:
    return lossless_bits_per_pixel(lossless(run)[1], "webp")
