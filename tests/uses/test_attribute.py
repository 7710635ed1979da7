"""Directions of codes: found where they are known, freed from others, measured from the boundary."""

import numpy as np
import pytest
import torch
from sklearn.svm import LinearSVC

from genarium.errors import UserError
from genarium.uses.attribute import difference_of_means, linear_classifier, orthogonalized

KINDS = {"means": difference_of_means, "classifier": linear_classifier}


def labeled(normal: torch.Tensor, offset: float, count: int = 4_000) -> tuple[torch.Tensor, torch.Tensor]:
    z = torch.randn(count, len(normal), generator=torch.Generator().manual_seed(0))
    return z, z @ normal > offset


@pytest.mark.parametrize("find", KINDS.values(), ids=KINDS)
def test_an_attribute_that_is_a_half_space_gives_its_normal(find):
    normal = torch.tensor([0.6, 0.0, -0.8])
    z, positive = labeled(normal, 0.0)
    found = find(z, positive)
    assert found.normal @ normal > 0.999 and abs(found.offset) < 0.05 and found.scale == pytest.approx(1, abs=0.05)


def test_the_classifiers_boundary_lies_where_labels_change_and_agrees_with_a_support_vector_machine():
    normal = torch.tensor([0.6, 0.0, -0.8])
    z, positive = labeled(normal, 0.7)
    found = linear_classifier(z, positive)
    assert found.offset == pytest.approx(0.7, abs=0.05)
    machine = LinearSVC().fit(z.numpy(), positive.numpy()).coef_[0]
    assert np.dot(machine / np.linalg.norm(machine), found.normal.numpy()) > 0.99
    assert ((found.distance(z) > 0) == positive).float().mean() > 0.98


def test_moved_codes_lie_as_far_from_the_boundary_as_was_asked_and_nothing_else_moves():
    z, positive = labeled(torch.tensor([1.0, 0.0, 0.0]), 0.4)
    found = linear_classifier(z * 2, positive)
    moved = found.moved(z * 2, -3.0)
    assert torch.allclose(found.distance(moved), torch.tensor(-3.0), atol=1e-4)
    rest = torch.eye(3) - torch.outer(found.normal, found.normal)
    assert torch.allclose(moved @ rest, z * 2 @ rest, atol=1e-4)


def test_an_orthogonalized_direction_leaves_the_others_where_they_are():
    z, first = labeled(torch.tensor([1.0, 0.0, 0.0]), 0.0)
    second, third = z @ torch.tensor([0.8, 0.6, 0.0]) > 0, z @ torch.tensor([0.0, 0.3, 1.0]) > 0
    directions = [linear_classifier(z, labels) for labels in (first, second, third)]
    freed = orthogonalized(directions[0], directions[1:], z)
    moved = freed.moved(z, 3.0)
    for other in directions[1:]:
        assert torch.allclose(other.distance(moved), other.distance(z), atol=1e-4)
    with pytest.raises(UserError, match="keep fewer"):
        orthogonalized(directions[0], [directions[0]], z)


@pytest.mark.parametrize("positive", [torch.zeros(4, dtype=torch.bool), torch.ones(4, dtype=torch.bool)])
def test_one_class_gives_no_direction(positive):
    with pytest.raises(UserError, match="with it and without it"):
        difference_of_means(torch.randn(4, 2), positive)
