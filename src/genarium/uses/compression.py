"""Compression of images by the discrete codes of a model, entropy coded under its learned prior.

A file is HEADER and then the words of a range coder (Martin, 1979). Both directions walk through the same conditional
distributions: in double precision and rounded to GRID, so that a machine that adds in another order arrives at the same
ones, and the header's checksum tells where one does not.
"""

import copy
import hashlib
import struct
import zlib
from typing import NamedTuple

import numpy as np
import torch
from constriction import stream  # pyright: ignore[reportAttributeAccessIssue] (its types lie in a compiled module)
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.protocols import HasDiscreteCodes, OrdersCodes, require

HEADER = struct.Struct("<4s8sIHI")
"""MAGIC, the first 8 bytes of the weights' SHA-256, how many images, the side of their maps, CRC-32 of the codes."""
MAGIC = b"GVQ1"
GRID = 2.0**-20
"""Probabilities are multiples of it, and at least one of it."""
CHUNK = 64
"""Images decoded at a time."""
FAMILY = stream.model.Categorical(perfect=False)


class Header(NamedTuple):
    """What a file says about itself."""

    magic: bytes
    weights: bytes
    count: int
    side: int
    checksum: int


def probabilities(logits: Tensor) -> np.ndarray:
    """Distributions as they are coded, (B, K) -> (B, K) float64."""
    return ((logits.double().softmax(1) / GRID).round().clamp(min=1) * GRID).cpu().numpy()


def in_double(prior: object) -> OrdersCodes:
    """The prior in double precision, on the CPU, where a rounding of it depends least on how sums are ordered."""
    return require(copy.deepcopy(require(prior, nn.Module)).double().cpu(), OrdersCodes)


def encode(prior: object, codes: Tensor) -> bytes:
    """Range-coded codes, (B, side, side) int64, whose length is -log2 p(codes) bits but for a few words."""
    coder, line = stream.queue.RangeEncoder(), codes.flatten(1).cpu()

    def choose(t: int, logits: Tensor) -> Tensor:
        coder.encode(line[:, t].numpy().astype(np.int32), FAMILY, probabilities(logits))
        return line[:, t]

    in_double(prior).in_order(choose, len(codes), codes.shape[-1])
    return coder.get_compressed().astype("<u4").tobytes()


def decode(prior: object, coded: bytes, count: int, side: int) -> Tensor:
    """Codes of so many images, (count, side, side) int64."""
    coder = stream.queue.RangeDecoder(np.frombuffer(coded, "<u4").astype(np.uint32))

    def choose(t: int, logits: Tensor) -> Tensor:
        return torch.from_numpy(coder.decode(FAMILY, probabilities(logits)).astype(np.int64))

    return in_double(prior).in_order(choose, count, side)


def compress(model: object, x: Tensor) -> bytes:
    """File of images (B, C, R, R) by a model with discrete codes."""
    coder = require(model, HasDiscreteCodes)
    codes = torch.cat([coder.codes(part) for part in x.split(CHUNK)])
    head = Header(MAGIC, fingerprint(model), len(codes), codes.shape[-1], checksum(codes))
    return HEADER.pack(*head) + encode(coder.code_prior, codes)


def decompress(model: object, file: bytes) -> Tensor:
    """Images of a file, (B, C, R, R) in [-1, 1]: what the model reconstructs of those that were compressed; UserError
    for a file that is none, or of other weights, or that this machine decodes to other codes."""
    coder, head = require(model, HasDiscreteCodes), read_header(file)
    refuse_other_weights(model, head)
    codes = decode(coder.code_prior, file[HEADER.size :], head.count, head.side)
    refuse_damaged(codes, head)
    return torch.cat([coder.decode_codes(part) for part in codes.split(CHUNK)])


def read_header(file: bytes, magic: bytes = MAGIC) -> Header:
    """The header of a file; UserError where it has none, or is cut within a word."""
    if len(file) < HEADER.size or not file.startswith(magic) or (len(file) - HEADER.size) % 4:
        raise UserError("is no file of `genarium compress`, or is cut: name one that it wrote")
    return Header(*HEADER.unpack_from(file))


def refuse_other_weights(model: object, head: Header) -> None:
    if head.weights != fingerprint(model):
        raise UserError("was compressed by other weights than these: name the run and the checkpoint that wrote it")


def refuse_damaged(codes: Tensor, head: Header) -> None:
    if checksum(codes) != head.checksum:
        raise UserError("is damaged, or this machine computes otherwise: decompress it where it was compressed")


def checksum(codes: Tensor) -> int:
    return zlib.crc32(codes.cpu().numpy().astype("<u4").tobytes())


def fingerprint(model: object) -> bytes:
    """Of all weights and buffers that a model decodes with."""
    found = hashlib.sha256()
    for name, weights in require(model, nn.Module).state_dict().items():
        if isinstance(weights, Tensor):
            found.update(name.encode() + weights.detach().cpu().contiguous().numpy().tobytes())
    return found.digest()[:8]
