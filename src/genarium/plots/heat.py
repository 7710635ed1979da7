"""Heat maps: a number for each pixel as a color."""

import matplotlib
import numpy as np
import torch
from torch import Tensor

QUANTILE = 0.995
"""Of all pixels shown, what is drawn brightest: a single hot pixel darkens nothing else."""


def heat(maps: Tensor) -> Tensor:
    """Maps of numbers from 0 on, (B, 1, H, W), from black over red to yellow on one scale for all. -> (B, 3, H, W) in
    [-1, 1]"""
    values = maps[:, 0].float().numpy()
    brightest = max(float(np.quantile(values, QUANTILE)), np.finfo(np.float32).tiny)
    colors = matplotlib.colormaps["inferno"](np.clip(values / brightest, 0, 1))[..., :3]
    return torch.from_numpy(colors).permute(0, 3, 1, 2).float() * 2 - 1
