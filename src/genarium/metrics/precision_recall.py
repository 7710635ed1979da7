"""Precision and recall, density and coverage: is each image of one side inside the other side's neighborhoods?"""

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit, check_features
from genarium.metrics.neighbors import distances, neighbor_radii
from genarium.metrics.result import Result


def manifold(*, generated: Tensor, real: Tensor, k: int, density_k: int) -> Result:
    """Four shares of (N, F) generated and (M, F) real features, from one matrix of distances between the sides.

    Within the distance to the k-th nearest fellow (Kynkäänniemi et al., arXiv:1904.06991, eq. 1-2; k = 3; equal to
    torch-fidelity's): `precision`, share of generated images near some real one (are samples real?); `recall`, share of
    real images near some generated one (is everything generated?). A generator that has collapsed on good images has
    high precision and low recall.
    With real neighborhoods only, so that outliers weigh less (Naeem et al., arXiv:2002.09797, eq. 4-5; k = 5):
    `density`, number of real neighborhoods that hold a generated image, over k (about 1 for equal distributions, not
    bounded by 1); `coverage`, share of real images with a generated one in their neighborhood.
    Where the images have no k-th neighbor, the two numbers of that k are left out.

    >>> generated = torch.tensor([[0.2], [0.5], [0.8], [5.0]])  # three in the balls [-1, 1] and [0, 2] of 0 and 1
    >>> manifold(generated=generated, real=torch.tensor([[0.0], [1.0], [10.0], [11.0]]), k=1, density_k=1).values
    {'precision': 0.75, 'recall': 0.5, 'density': 1.5, 'coverage': 0.5}
    """
    check_features(generated=generated, real=real)
    left_out = _without_neighbors(("precision", "recall"), "k", k, min(len(generated), len(real)))
    left_out |= _without_neighbors(("density", "coverage"), "density_k", density_k, len(real))
    # a k that does not fit is replaced by one that does; its numbers are left out below
    k, density_k = (max(1, min(wanted, len(real) - 1)) for wanted in (k, density_k))
    real_radii, real_density_radii = neighbor_radii(real, k, density_k)
    (generated_radii,) = neighbor_radii(generated, min(k, len(generated) - 1))
    precise = inside = seen = 0
    recalled = covered = real_radii.new_zeros(len(real), dtype=torch.bool)
    for part in distances(generated, real):  # (some generated, M)
        precise += (part <= real_radii).any(1).sum().item()
        recalled = recalled | (part <= generated_radii[seen : seen + len(part), None]).any(0)
        held = part <= real_density_radii
        inside += held.sum().item()
        covered = covered | held.any(0)
        seen += len(part)
    found = {
        "precision": precise / len(generated),
        "recall": recalled.double().mean().item(),
        "density": inside / (density_k * len(generated)),
        "coverage": covered.double().mean().item(),
    }
    kept = {name: value for name, value in found.items() if name not in left_out}
    return Result(kept, _unequal(generated, real), left_out)


def _without_neighbors(names: tuple[str, ...], setting: str, k: int, count: int) -> dict[str, UserError]:
    """The numbers that cannot be had where the smaller side of `count` images has no k-th neighbor."""
    if 1 <= k < count:
        return {}
    return dict.fromkeys(names, DoesNotFit(f"{count} images have no {k}-th neighbor", setting, count - 1))


def _unequal(generated: Tensor, real: Tensor) -> tuple[str, ...]:
    if len(generated) == len(real):
        return ()
    return (
        f"{len(generated):,} generated and {len(real):,} real images: precision, recall, density and coverage depend "
        "on both numbers; use equal numbers to compare with published values.",
    )
