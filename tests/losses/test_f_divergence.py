"""f-GAN: the discriminator's greatest value is the f-divergence, by the formula of each divergence."""

import math

import pytest
import torch

from genarium.losses.f_divergence import KLLoss, PearsonLoss, ReverseKLLoss, SquaredHellingerLoss

P, Q = torch.tensor([0.1, 0.6, 0.3]), torch.tensor([0.3, 0.2, 0.5])
DIVERGENCES = {
    KLLoss: (P * (P / Q).log()).sum(),
    ReverseKLLoss: (Q * (Q / P).log()).sum(),
    PearsonLoss: ((P - Q).square() / Q).sum(),
    SquaredHellingerLoss: (P.sqrt() - Q.sqrt()).square().sum(),
}


@pytest.mark.parametrize("loss", DIVERGENCES)
def test_the_best_discriminator_reaches_the_divergence(loss):
    """Of two distributions over three points: at each, the best of many logits."""
    logits = torch.linspace(-8, 8, 160_001)[:, None]
    value = P * loss.activation(logits) - Q * loss.conjugate(logits)
    assert value.max(0).values.sum().item() == pytest.approx(DIVERGENCES[loss].item(), abs=1e-4)


@pytest.mark.parametrize("loss", DIVERGENCES)
def test_both_players_move_logits_against_each_other(loss):
    low, high = torch.tensor([-0.5]), torch.tensor([0.5])
    assert loss.discriminator(high, low) < loss.discriminator(low, high)
    assert loss.generator(None, high) < loss.generator(None, low)


def test_the_bounds_on_hand_computed_logits():
    zero = torch.zeros(1)
    assert KLLoss.discriminator(zero, zero).item() == pytest.approx(1 / math.e)
    assert ReverseKLLoss.discriminator(zero, zero).item() == 0.0  # f*(T) - T = -1 + 1
    assert PearsonLoss.discriminator(zero, torch.tensor([2.0])).item() == 3.0
    assert SquaredHellingerLoss.discriminator(zero, torch.tensor([math.log(3)])).item() == pytest.approx(2.0)
