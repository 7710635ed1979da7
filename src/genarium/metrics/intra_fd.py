"""Distances of conditional generators, class by class."""

from collections.abc import Sequence

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.frechet import frechet_distance_of_features
from genarium.metrics.result import Result


def frechet_per_class(
    *, generated: Tensor, generated_labels: Tensor, real: Tensor, real_labels: Tensor
) -> dict[int, Result]:
    """Label -> Fréchet distance between the images of that class, for classes with two or more images on both sides.

    generated: (N, F) with labels (N,); real: (M, F) with labels (M,).
    """
    _check_labels(generated=(generated, generated_labels), real=(real, real_labels))
    return {
        label: frechet_distance_of_features(
            generated=generated[generated_labels == label], real=real[real_labels == label]
        )
        for label in _shared_classes(generated_labels, real_labels)
    }


def intra_class_frechet(
    *, generated: Tensor, generated_labels: Tensor, real: Tensor, real_labels: Tensor, names: Sequence[str] = ()
) -> Result:
    """Intra-class Fréchet distance: mean over classes (intra-FID of Miyato & Koyama, arXiv:1802.05637, on Inception's
    features).

    `intra_fd` averages classes, not images; classes with fewer than two images on a side are left out, with a warning.
    `intra_fd/<class>` is the distance of one, by its name where `names` has it, label -> name.

    >>> real, labels = torch.tensor([[0.0], [2.0], [0.0], [2.0]]), torch.tensor([0, 0, 1, 1])
    >>> sides = {"generated": real + 1 + 2 * labels[:, None], "real": real}  # moved by 1 and by 3: (1^2 + 3^2) / 2
    >>> round(intra_class_frechet(**sides, generated_labels=labels, real_labels=labels)["intra_fd"], 4)
    5.0
    """
    found = frechet_per_class(
        generated=generated, generated_labels=generated_labels, real=real, real_labels=real_labels
    )
    if not found:
        raise UserError("no class has two or more images on both sides; generate more images per class.")
    wanted = set(real_labels.tolist()) | set(generated_labels.tolist())
    warnings = []
    if left_out := sorted(wanted - found.keys()):
        warnings.append(
            f"{len(left_out)} of {len(wanted)} classes have fewer than two images on a side and are left out: "
            f"{', '.join(map(str, left_out[:10]))}{', …' if len(left_out) > 10 else ''}."
        )
    if few := sum(bool(result.warnings) for result in found.values()):
        warnings.append(
            f"{few} of {len(found)} classes have fewer images than features: their distances depend on the number of "
            "images; compare only with values from as many images per class."
        )
    distances = {label: result["frechet"] for label, result in found.items()}
    each = {f"intra_fd/{names[label] if names else label}": value for label, value in distances.items()}
    return Result({"intra_fd": sum(distances.values()) / len(found)} | each, tuple(warnings))


def _check_labels(**sides: tuple[Tensor, Tensor]) -> None:
    for side, (features, labels) in sides.items():
        if labels.shape != features.shape[:1]:
            raise UserError(f"{len(features)} {side} images have labels of shape {tuple(labels.shape)}; pass one each.")


def _shared_classes(a: Tensor, b: Tensor) -> list[int]:
    """Labels with two or more images in both, ascending."""
    kept = [set(labels.tolist()) for labels in (_frequent(a), _frequent(b))]
    return sorted(kept[0] & kept[1])


def _frequent(labels: Tensor) -> Tensor:
    values, counts = torch.unique(labels, return_counts=True)
    return values[counts >= 2]
