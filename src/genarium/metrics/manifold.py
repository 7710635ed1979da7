"""Precision and recall, density and coverage: is each image of one side inside the other side's neighbourhoods?"""

from torch import Tensor

from genarium.metrics.checks import check_features
from genarium.metrics.neighbours import distances, neighbour_radii
from genarium.metrics.result import Result


def precision_recall(*, generated: Tensor, real: Tensor, k: int) -> Result:
    """Kynkäänniemi et al., arXiv:1904.06991, eq. 1-2, on (N, F) and (M, F); equal to torch-fidelity's.

    `precision`: share of generated images within the k-nearest-neighbour radius of some real image (are samples real?);
    `recall`: share of real images within the radius of some generated one (is everything generated?). A generator that
    has collapsed on good images has high precision and low recall.
    """
    check_features(generated=generated, real=real)
    radii_real, radii_generated = neighbour_radii(real, k), neighbour_radii(generated, k)
    precise = recalled = 0
    for part in distances(generated, real):
        precise += (part <= radii_real).any(1).sum().item()
    for part in distances(real, generated):
        recalled += (part <= radii_generated).any(1).sum().item()
    return Result({"precision": precise / len(generated), "recall": recalled / len(real)}, _unequal(generated, real))


def density_coverage(*, generated: Tensor, real: Tensor, k: int) -> Result:
    """Naeem et al., arXiv:2002.09797, eq. 4-5, on (N, F) and (M, F): only real radii count, so outliers weigh less.

    `density`: mean number, over k, of real neighbourhoods that hold a generated image (about 1 for equal distributions,
    not bounded by 1); `coverage`: share of real images with a generated image in their neighbourhood.
    """
    check_features(generated=generated, real=real)
    radii = neighbour_radii(real, k)
    inside, covered = 0, radii.new_zeros(len(real), dtype=bool)
    for part in distances(generated, real):
        held = part <= radii
        inside += held.sum().item()
        covered |= held.any(0)
    return Result(
        {"density": inside / (k * len(generated)), "coverage": covered.double().mean().item()},
        _unequal(generated, real),
    )


def _unequal(generated: Tensor, real: Tensor) -> tuple[str, ...]:
    if len(generated) == len(real):
        return ()
    return (
        f"{len(generated):,} generated and {len(real):,} real images: precision, recall, density and coverage depend "
        "on both numbers; use equal numbers to compare with published values.",
    )
