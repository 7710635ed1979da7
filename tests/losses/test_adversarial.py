import math

import torch

from genarium.losses.adversarial import NonSaturating
from genarium.losses.penalty import none


def test_equal_logits_put_the_non_saturating_game_at_two_log_two():
    zero = torch.zeros(4)
    assert torch.allclose(NonSaturating.discriminator(zero, zero), torch.full((4,), 2 * math.log(2)))
    assert torch.allclose(NonSaturating.generator(zero), torch.full((4,), math.log(2)))


def test_the_non_saturating_game_is_the_papers_formula_on_hand_computed_values():
    real, fake = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0])
    d = torch.sigmoid
    assert torch.allclose(NonSaturating.discriminator(real, fake), -d(real).log() - (1 - d(fake)).log())
    assert torch.allclose(NonSaturating.generator(fake), -d(fake).log())


def test_each_side_of_the_game_wants_the_opposite_of_the_other():
    low, high = torch.tensor([-3.0]), torch.tensor([3.0])
    assert NonSaturating.generator(high) < NonSaturating.generator(low)
    assert NonSaturating.discriminator(high, low) < NonSaturating.discriminator(low, high)


def test_no_penalty_is_zero_for_every_example():
    x = torch.randn(3, 1, 2, 2)
    assert torch.equal(none(lambda x: x, x, x), torch.zeros(3))
