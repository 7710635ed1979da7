"""Numbers of reconstructions: how near a model comes to images that it has not seen."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation.contracts import EvaluableModel, ImageData, Progress, SignalData
from genarium.evaluation.number_book import CANNOT, Measure
from genarium.evaluation.signals import mean_of_trials, signal_errors
from genarium.metrics.lpips import Lpips
from genarium.metrics.psnr import mean_psnr, mse, psnr
from genarium.metrics.result import Result
from genarium.metrics.ssim import ms_ssim, ms_ssim_scales, ssim
from genarium.protocols import Reconstructs

CHUNK = 100
Measured = dict[str, Tensor | Exception]
"""One number per image (N,), or why there is none."""


def evenly_spaced(rows, count: int):
    """`count` rows of an array or tensor, evenly spread; all where there are fewer."""
    count = min(count, len(rows))
    return rows[np.arange(count) * len(rows) // count]


def images_of(data: ImageData, rows: np.ndarray, device: torch.device) -> Tensor:
    """(N, C, R, R) in [-1, 1], as the data set measures them: unaugmented, the same every time."""
    return data.pictures(rows, device).images


def measures(
    model: EvaluableModel,
    data: ImageData,
    rows: np.ndarray,
    metrics: Mapping[str, Mapping],
    progress: Progress,
) -> list[Measure]:
    """Means over images of MSE, PSNR (dB), SSIM, MS-SSIM and LPIPS, from one reconstruction of each; of signals, of
    their own errors."""
    if isinstance(data, SignalData):
        of_signals = each(model, data, rows, signal_errors(data), progress)
        return [Measure((name,), lambda name=name: mean_of_trials(name, of_signals[name])) for name in of_signals]
    resolution = data.packed.images.shape[-1]
    measured = {"mse": mse, "psnr": psnr, "ssim": ssim}
    if ms_ssim_scales(resolution) > 1:
        measured["ms_ssim"] = ms_ssim
    terms: dict[str, dict] = {"psnr": {"psnr": "mean over images, each 100 dB at most"}}
    why = None
    try:
        lpips = Lpips(**metrics["lpips"], resolution=resolution)
        measured, terms["lpips"] = measured | {"lpips": lpips}, {"lpips": lpips.settings()}
    except CANNOT as error:
        why = error
    found = each(model, data, rows, measured, progress) | ({"lpips": why} if why else {})
    return [Measure((name,), lambda name=name: mean(name, found[name]), terms.get(name, {})) for name in found]


def each(
    model: EvaluableModel,
    data: ImageData,
    rows: np.ndarray,
    measured: Mapping[str, Callable],
    progress: Progress,
) -> Measured:
    """Every measure of every image; one that fails is left out from there on."""
    assert isinstance(model, Reconstructs)
    device = next(model.parameters()).device
    found: dict[str, list[Tensor]] = {name: [] for name in measured}
    failed: Measured = {}
    for start in range(0, len(rows), CHUNK):
        x = images_of(data, rows[start : start + CHUNK], device)
        again = model.reconstruct(x).float().clamp(-1, 1)
        for name in found.keys() - failed.keys():
            try:
                found[name].append(measured[name](reconstruction=again, original=x).cpu().double())
            except CANNOT as error:
                failed[name] = error
        progress(len(x))
    return {name: failed.get(name) or torch.cat(values) for name, values in found.items()}


def mean(name: str, values: Tensor | Exception) -> Result:
    if isinstance(values, Exception):
        raise values
    return mean_psnr(values) if name == "psnr" else Result({name: values.mean().item()})
