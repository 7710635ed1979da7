"""Anomaly scores of images by a model of normal ones: (B, C, R, R) -> (B,), high where an image is unlike those."""

from collections.abc import Callable

import torch
from torch import Tensor

from genarium.losses.reconstruction import squared_error
from genarium.protocols import Discriminates, Reconstructs, Weighs

Score = Callable[[Tensor], Tensor]
Extract = Callable[[Tensor], Tensor]
"""Features of images by a network that was trained elsewhere, (B, C, R, R) -> (B, F)."""

SAMPLES = 8
"""Codes of an image that its ELBO is averaged over."""
CHUNK = 250
"""Images scored at a time."""


def offered(model: object, extract: Extract) -> dict[str, Score]:
    """The scores that a model gives, by name, the plainest first."""
    found: dict[str, Score] = {}
    if isinstance(model, Reconstructs):
        found["error"] = reconstruction_error(model)
    if isinstance(model, Weighs):
        found["negative_elbo"] = lambda x: -model.log_weights(x, SAMPLES, chunk=1).mean(0)
    if isinstance(model, Reconstructs):
        found["features"] = lambda x: squared_error(extract(x), extract(model.reconstruct(x)))
    if isinstance(model, Discriminates):
        sign = 1 if model.output_name == "energy" else -1
        found["discriminator"] = lambda x: sign * model.logits_of(x)
    return found


def reconstruction_error(model: Reconstructs) -> Score:
    """Squared error of each image's reconstruction."""
    return lambda x: squared_error(x, model.reconstruct(x))


def scored(score: Score, images: Tensor) -> Tensor:
    """Scores of any number of images, (N, C, R, R) -> (N,) float64."""
    return torch.cat([score(part).double() for part in images.split(CHUNK)])


def error_maps(x: Tensor, reconstruction: Tensor) -> Tensor:
    """Squared error of each pixel, averaged over channels, (B, C, R, R) twice -> (B, 1, R, R)."""
    return (x - reconstruction).square().mean(1, keepdim=True)
