"""Active units: latents that use their input."""

import numpy as np
from torch import Tensor

from genarium.metrics.checks import check_codes


def active_units(*, mean: Tensor, threshold: float) -> Tensor:
    """Active units (Burda et al., arXiv:1509.00519, sec. 5.2): the posterior mean's variance exceeds `threshold`.

    mean: (N, Z) -> (Z,) bool, whose sum is the number of active units; the paper's threshold is 0.01.

    >>> import torch
    >>> active_units(mean=torch.tensor([[-1.0, 0.01], [1.0, -0.01]]), threshold=0.01)
    tensor([ True, False])
    """
    check_codes(mean)
    return mean.double().var(0) > threshold


def zero_inactive(codes: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Codes (N, Z) with every latent that is not `active`, (Z,) bool, set to 0.

    The mean of a collapsed posterior still follows the image by a hair, which scores of ranks alone would count.
    """
    return np.where(active, codes, 0.0)
