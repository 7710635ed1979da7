"""Energy of checkerboards: what images have at the highest frequencies, against the images that they imitate."""

import torch

from genarium.config import compose
from genarium.evaluation.drawn import drawn
from genarium.training.build import built
from genarium.training.checkpoint import restore

COUNT = 512


def nyquist_energy(images: torch.Tensor) -> float:
    """Mean squared Fourier amplitude (unitary) at half the sampling rate, along rows, columns or both: of the pattern
    that changes its sign with every pixel. (N, C, R, R), R even -> one number"""
    spectrum, half = torch.fft.fft2(images, norm="ortho").abs().square(), images.shape[-1] // 2
    edges = torch.cat([spectrum[..., half, :].flatten(1), spectrum[..., :, half].flatten(1)], 1)
    return edges.mean().item()


def of_run(run) -> float:
    """That of samples over that of held-out images: 1 where they have as much of it as the data."""
    model, config = restore(run), compose.load(run.config)
    data = built(config.data.module, "data.module")
    data.setup()
    real = data.pictures(data.split_indices("val")[:COUNT]).images
    return nyquist_energy(drawn(model, COUNT, 0).clamp(-1, 1)) / nyquist_energy(real)
