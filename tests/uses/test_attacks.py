"""Adversarial examples of a linear classifier, whose worst change is known in closed form."""

import torch
from torch import nn

from genarium.uses.adversarial import fgsm, pgd, random_sign

EPSILON = 0.6
"""The 0.3 of papers on [0, 1]."""


def two_class() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(8, 2)).eval()


def images() -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    return torch.rand(16, 2, 2, 2, generator=random) * 2 - 1, torch.randint(2, (16,), generator=random)


def worst(classify: nn.Module, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Of two classes: each pixel as far as it may go against the label's weights."""
    weight = classify[1].weight.detach()
    against = weight[1 - labels] - weight[labels]
    return (x + EPSILON * against.sign().view_as(x)).clamp(-1, 1)


def test_fgsm_on_a_linear_classifier_is_the_worst_change_within_the_ball():
    classify, (x, labels) = two_class(), images()
    assert torch.equal(fgsm(classify, x, labels, EPSILON), worst(classify, x, labels))


def test_pgd_on_a_linear_classifier_arrives_there_from_any_start():
    classify, (x, labels) = two_class(), images()
    found = pgd(classify, x, labels, EPSILON, step=0.2, steps=8, random=torch.Generator().manual_seed(2))
    assert torch.allclose(found, worst(classify, x, labels), atol=1e-6)


def test_no_attack_leaves_the_ball_or_the_range_or_gives_a_weight_a_gradient():
    classify, (x, labels) = two_class(), images()
    random = torch.Generator().manual_seed(2)
    with torch.no_grad():  # as within model.evaluating
        found = [
            fgsm(classify, x, labels, EPSILON),
            pgd(classify, x, labels, EPSILON, step=0.5, steps=3, random=random),
            random_sign(x, EPSILON, random),
        ]
    for one in found:
        assert one.abs().max() <= 1 and (one - x).abs().max() <= EPSILON + 1e-6
    assert all(weight.grad is None for weight in classify.parameters())


def test_random_signs_change_every_pixel_that_has_room_by_epsilon():
    x = torch.zeros(4, 3, 8, 8)
    changed = random_sign(x, EPSILON, torch.Generator().manual_seed(0))
    assert torch.allclose(changed.abs(), torch.tensor(EPSILON)) and abs(float(changed.mean())) < 0.05
