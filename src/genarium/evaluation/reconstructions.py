"""Numbers of reconstructions: how near a model comes to images that it has not seen."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from genarium.metrics.images import WINDOW, ms_ssim, ms_ssim_scales, mse, psnr, ssim
from genarium.metrics.perceptual import Lpips, LpipsUnavailable
from genarium.metrics.result import Result
from genarium.protocols import Reconstructs

CHUNK = 100
Measures = dict[str, Callable[..., Tensor]]


def some(rows, count: int):
    """`count` rows of an array or tensor, evenly spread; all where there are fewer."""
    count = min(count, len(rows))
    return rows[np.arange(count) * len(rows) // count]


def images_of(data, rows: np.ndarray, device: torch.device) -> Tensor:
    """(N, C, R, R) in [-1, 1], as the data set measures them: unaugmented, the same every time."""
    return data.pictures(rows, device).images


def measure(
    model: Reconstructs, data, rows: np.ndarray, metrics: Mapping[str, Mapping], tick: Callable[[int], None]
) -> Iterator[tuple[Result, dict[str, object]]]:
    """Means over images of MSE, PSNR (dB), SSIM, MS-SSIM and LPIPS, with the settings that they depend on; where LPIPS
    cannot be had, the others say so."""
    resolution = data.packed.images.shape[-1]
    measures, left_out = pixelwise(resolution), ()
    settings = {}
    try:
        lpips = Lpips(**metrics["lpips"], resolution=resolution)
        measures, settings = measures | {"lpips": lpips}, {"lpips": lpips.settings()}
    except LpipsUnavailable as error:
        left_out = (f"no LPIPS of the reconstructions: {error}",)
    found = means(model, data, rows, measures, tick)
    perceptual = {name: found.pop(name) for name in settings}
    yield Result(found, left_out), {}
    if perceptual:
        yield Result(perceptual), settings


def pixelwise(resolution: int) -> Measures:
    """Windowed measures only where images are large enough."""
    measures: Measures = {"mse": mse, "psnr": psnr}
    if resolution >= WINDOW:
        measures["ssim"] = ssim
    if ms_ssim_scales(resolution) > 1:
        measures["ms_ssim"] = ms_ssim
    return measures


def means(
    model: Reconstructs, data, rows: np.ndarray, measures: Measures, tick: Callable[[int], None]
) -> dict[str, float]:
    """Every measure of every image from one reconstruction of it, averaged."""
    found: dict[str, list[Tensor]] = {name: [] for name in measures}
    for start in range(0, len(rows), CHUNK):
        x = images_of(data, rows[start : start + CHUNK], next(model.parameters()).device)
        again = model.reconstruct(x).float().clamp(-1, 1)
        for name, measured in measures.items():
            found[name].append(measured(reconstruction=again, original=x).double())
        tick(len(x))
    return {name: torch.cat(values).mean().item() for name, values in found.items()}
