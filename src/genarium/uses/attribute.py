"""Attributes as directions of codes: found from labels, freed from other attributes, and moved along."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from genarium.errors import UserError


class Direction(NamedTuple):
    """A hyperplane of codes: `normal` (Z,) of length 1 points to those that have the attribute, whose boundary lies at
    z . normal = `offset`; `scale` is the standard deviation of codes along the normal."""

    normal: Tensor
    offset: float
    scale: float

    def distance(self, z: Tensor) -> Tensor:
        """Signed distance of codes to the boundary, in standard deviations. (B, Z) -> (B,)"""
        return (z @ self.normal - self.offset) / self.scale

    def moved(self, z: Tensor, to: Tensor | float) -> Tensor:
        """Codes moved along the normal until they lie `to` standard deviations, (B,) or a number, beyond the boundary
        (Shen et al., InterFaceGAN, arXiv:1907.10786, whose steps run from -3 to 3). (B, Z) -> (B, Z)"""
        return z + ((to - self.distance(z)) * self.scale)[:, None] * self.normal


def difference_of_means(z: Tensor, positive: Tensor) -> Direction:
    """Attribute vector: the mean code of those with the attribute less that of those without, the boundary halfway
    (Larsen et al., arXiv:1512.09300). (N, Z), (N,) bool"""
    check(positive)
    there, elsewhere = z[positive].mean(0), z[~positive].mean(0)
    return along(there - elsewhere, (there + elsewhere) / 2, z)


def linear_classifier(z: Tensor, positive: Tensor, inverse_regularization: float = 1.0) -> Direction:
    """Unit normal of the boundary of a logistic regression, on codes of one scale along all latents: that of their mean
    deviation (Shen et al., arXiv:1907.10786, who take a linear SVM). (N, Z), (N,) bool"""
    check(positive)
    mean, spread = z.mean(0), z.std(0).mean()
    fitted = LogisticRegression(C=inverse_regularization, max_iter=1000)
    fitted.fit(((z - mean) / spread).double().cpu().numpy(), positive.cpu().numpy())
    normal = torch.from_numpy(fitted.coef_[0]).to(z)
    on_it = mean - float(np.ravel(fitted.intercept_)[0]) * spread * normal / normal.square().sum()
    return along(normal, on_it, z)


def orthogonalized(direction: Direction, others: Sequence[Direction], z: Tensor) -> Direction:
    """Conditional direction: less its part in the span of other normals, by Gram and Schmidt (Shen et al.,
    arXiv:1907.10786), so that their attributes stay while it moves. The mean of the codes `z`, (N, Z), stays as far
    from the boundary."""
    basis, _ = torch.linalg.qr(torch.stack([other.normal for other in others], 1).double())
    normal = direction.normal.double()
    rest = (normal - basis @ (basis.T @ normal)).to(direction.normal)
    if rest.norm() < 1e-4:
        raise UserError("the attribute's direction lies in the span of those to be kept: keep fewer")
    mean = z.mean(0)
    return along(rest, mean - direction.distance(mean[None]) * direction.scale * rest / rest.norm(), z)


def along(normal: Tensor, on_boundary: Tensor, z: Tensor) -> Direction:
    """The direction of a normal, (Z,) of any length, whose boundary holds a code, (Z,)."""
    length = normal.norm()
    if not length > 0:
        raise UserError("codes with the attribute and without it have one mean: the model's code does not hold it")
    unit = normal / length
    return Direction(unit, float(on_boundary @ unit), float((z @ unit).std()))


def ends(values: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the least and of the largest `fraction` of an attribute's values, (N,): ties go either way as they come.

    >>> [rows.tolist() for rows in ends(np.array([3.0, 1.0, 2.0, 5.0]), 0.25)]
    [[1], [3]]
    """
    order = np.argsort(values, kind="stable")
    count = max(1, int(len(values) * fraction))
    return order[:count], order[-count:]


def check(positive: Tensor) -> None:
    count = int(positive.sum())
    if not 0 < count < len(positive):
        raise UserError(
            f"{count} of {len(positive)} images have the attribute: a direction needs images with it and without it"
        )
