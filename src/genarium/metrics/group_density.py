"""How groups of images lie in the density of codes, and how well each is reconstructed."""

from typing import NamedTuple

import torch
from torch import Tensor

from genarium.errors import UserError

RAREST = 0.1
"""Share of all images that counts as rare."""


class Group(NamedTuple):
    """A group's share of all images and of the rarest tenth, its mean log density of codes, and mean error, NaN where
    there is none."""

    label: int
    images: int
    share: float
    share_of_rarest: float
    log_density: float
    error: float


def groups(*, log_density: Tensor, labels: Tensor, error: Tensor | None = None) -> list[Group]:
    """Each group of images, that with the rarest codes first. (N,) each; UserError where there is one group only.

    >>> density, labels = torch.tensor([0.0, -9.0, -1.0, -2.0]), torch.tensor([0, 1, 0, 0])
    >>> [(group.label, group.share, group.share_of_rarest) for group in groups(log_density=density, labels=labels)]
    [(1, 0.25, 1.0), (0, 0.75, 0.0)]
    """
    known = labels.unique().tolist()
    if len(known) < 2:
        raise UserError("all images are of one class: name images of two or more, in class folders say")
    rarest = labels[log_density.argsort(stable=True)[: max(1, round(RAREST * len(labels)))]]
    found = []
    for label in known:
        mine = labels == label
        wrong = error[mine].double().mean().item() if error is not None else torch.nan
        share, rare = mine.double().mean().item(), (rarest == label).double().mean().item()
        density = log_density[mine].double().mean().item()
        found.append(Group(label, int(mine.sum()), share, rare, density, wrong))
    return sorted(found, key=lambda group: group.log_density)
