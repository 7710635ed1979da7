"""Diagonal Gaussian over codes."""

from torch import Tensor
from torch.distributions import Independent

from genarium.distributed import batch_consistent

LOG_VARIANCE = 12.0
"""Smooth bound of posterior log variances: beyond it, exp() overflows or the density degenerates."""


def bounded(log_variance: Tensor) -> Tensor:
    """Soft clipping of a log variance to ± LOG_VARIANCE."""
    return LOG_VARIANCE * (log_variance / LOG_VARIANCE).tanh()


def diagonal_normal(mean: Tensor, log_variance: Tensor) -> Independent:
    """Diagonal Gaussian N(mean, diag exp(log variance)) over (B, Z)."""
    return Independent(batch_consistent.RowwiseNormal(mean, (log_variance / 2).exp(), validate_args=False), 1)
