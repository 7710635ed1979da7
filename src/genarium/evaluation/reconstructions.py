"""Numbers of reconstructions: how near a model comes to images that it has not seen."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from genarium.metrics.images import WINDOW, ms_ssim, ms_ssim_scales, mse, psnr, ssim
from genarium.metrics.result import Result
from genarium.protocols import Reconstructs

CHUNK = 100


def some(rows, count: int):
    """`count` rows of an array or tensor, evenly spread; all where there are fewer."""
    count = min(count, len(rows))
    return rows[np.arange(count) * len(rows) // count]


def images_of(data, rows: np.ndarray, device: torch.device) -> Tensor:
    """(N, C, R, R) in [-1, 1], as the data set measures them: unaugmented, the same every time."""
    return data.pictures(rows, device).images


def measure(model: Reconstructs, data, rows: np.ndarray, tick: Callable[[int], None]) -> Result:
    """Means over images of MSE, PSNR (dB), SSIM and MS-SSIM; windowed ones where the images are large enough."""
    measures = {"mse": mse, "psnr": psnr}
    if data.packed.images.shape[-1] >= WINDOW:
        measures["ssim"] = ssim
    if ms_ssim_scales(data.packed.images.shape[-1]) > 1:
        measures["ms_ssim"] = ms_ssim
    found: dict[str, list[Tensor]] = {name: [] for name in measures}
    for start in range(0, len(rows), CHUNK):
        x = images_of(data, rows[start : start + CHUNK], next(model.parameters()).device)
        again = model.reconstruct(x).float().clamp(-1, 1)
        for name, measured in measures.items():
            found[name].append(measured(reconstruction=again, original=x).double())
        tick(len(x))
    return Result({name: torch.cat(values).mean().item() for name, values in found.items()})
