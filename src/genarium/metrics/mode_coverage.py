"""Mode coverage where the modes are known: exactly on mixtures of Gaussians, else from counts of classes."""

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.result import Result

WITHIN = 3.0
"""Standard deviations from a center within which a point belongs to its mode (VEEGAN: arXiv:1705.07761, sec. 4.1)."""


def mixture_modes(*, generated: Tensor, centers: Tensor, sd: float, within: float = WITHIN) -> Result:
    """Samples (N, D) against an equal mixture of Gaussians at centers (M, D) (VEEGAN: arXiv:1705.07761, sec. 4.1).

    A sample is of high quality within `within` standard deviations of its nearest center, and belongs to
    that mode. `high_quality_fraction`: their share; the rest as in `mode_coverage`, from the high-quality samples.
    """
    if generated.ndim != 2 or generated.shape[1] != centers.shape[1] or not len(generated):
        raise UserError(f"samples {tuple(generated.shape)} must be (N, {centers.shape[1]}), N > 0.")
    distance, mode = (generated[:, None] - centers).norm(dim=2).min(1)
    good = distance <= within * sd  # NaN is in no mode
    counts = torch.bincount(mode[good], minlength=len(centers))
    return Result({"high_quality_fraction": good.double().mean().item()}) | mode_coverage(counts)


def mode_coverage(counts: Tensor) -> Result:
    """Mode coverage of counts per mode (M,), every mode being equally frequent in the data.

    `modes_covered`: number of modes with a sample; `mode_coverage`: their share; `modes_kl`: KL(samples || uniform) in
    nats, 0 where all modes are equally frequent, log M where all samples are in one.

    >>> found = mode_coverage(torch.tensor([30, 30, 0, 0]))
    >>> found["modes_covered"], found["mode_coverage"], round(found["modes_kl"], 4)  # two modes of four: ln 2
    (2.0, 0.5, 0.6931)
    """
    if counts.ndim != 1 or (counts < 0).any():
        raise UserError(f"counts of shape {tuple(counts.shape)} must be (M,) and not negative.")
    modes, total = int((counts > 0).sum()), int(counts.sum())
    if not total:
        return Result(
            {"modes_covered": 0.0, "mode_coverage": 0.0, "modes_kl": float("inf")}, ("no sample belongs to any mode.",)
        )
    share = counts.double() / total
    divergence = torch.special.xlogy(share, share * len(counts)).sum().item()
    warnings = (
        (f"{total:,} samples for {len(counts):,} modes: missing modes may be chance; use ten or more per mode.",)
        if total < 10 * len(counts)
        else ()
    )
    return Result(
        {"modes_covered": float(modes), "mode_coverage": modes / len(counts), "modes_kl": divergence}, warnings
    )


def mode_coverage_of_labels(labels: Tensor, modes: int) -> Result:
    """Mode coverage of the class that a classifier gives each sample, (N,); state its accuracy beside it."""
    if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < modes:
        raise UserError(f"labels from {int(labels.min())} to {int(labels.max())} do not fit {modes} modes.")
    return mode_coverage(torch.bincount(labels, minlength=modes))
