import math

import pytest
import torch
from torch.nn.functional import softplus

from genarium.losses.adversarial import (
    Hinge,
    LabelSmoothing,
    LeastSquares,
    Minimax,
    NonSaturating,
    RelativisticAverageLeastSquares,
    RelativisticPairing,
    Wasserstein,
    per_image,
)
from genarium.losses.energy import BEGANLoss, EBGANLoss
from genarium.training.weight_clipping import WeightClippingAdam

REAL, FAKE = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0])
D = torch.sigmoid
PAPERS = {  # adversarial_loss: discriminator's and generator's formula on these logits, as the paper writes it
    Minimax(): (-D(REAL).log() - (1 - D(FAKE)).log(), (1 - D(FAKE)).log()),
    NonSaturating(): (-D(REAL).log() - (1 - D(FAKE)).log(), -D(FAKE).log()),
    LabelSmoothing(0.9): (-0.9 * D(REAL).log() - 0.1 * (1 - D(REAL)).log() - (1 - D(FAKE)).log(), -D(FAKE).log()),
    LeastSquares(): (torch.tensor([0.125, 9.0]), torch.tensor([0.125, 2.0])),
    Hinge(): (torch.tensor([1.5, 7.0]), torch.tensor([-0.5, -3.0])),
    Wasserstein(): (torch.tensor([-0.5, 5.0]), torch.tensor([-0.5, -3.0])),
    RelativisticPairing(): (-D(REAL - FAKE).log(), -D(FAKE - REAL).log()),
    RelativisticAverageLeastSquares(): (torch.tensor([7.0625, 42.8125]), torch.tensor([0.0625, 13.8125])),
    EBGANLoss(2.0): (torch.tensor([2.5, -2.0]), torch.tensor([0.5, 3.0])),
    BEGANLoss(0.5, 0.1): (torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0])),
}
ON_LOGITS = [game for game in PAPERS if not isinstance(game, EBGANLoss | BEGANLoss)]
named = lambda game: type(game).__name__


@pytest.mark.parametrize("game", PAPERS, ids=named)
def test_games_are_the_papers_formulas_on_hand_computed_values(game):
    discriminator, generator = PAPERS[game]
    assert torch.allclose(game.discriminator(REAL, FAKE), discriminator, atol=1e-6)
    assert torch.allclose(game.generator(REAL, FAKE), generator, atol=1e-6)


@pytest.mark.parametrize("game", ON_LOGITS, ids=named)
def test_each_side_of_a_game_wants_the_opposite_of_the_other(game):
    low, middle, high = torch.tensor([-0.9]), torch.tensor([0.0]), torch.tensor([0.9])
    assert game.discriminator(high, low) < game.discriminator(low, high)
    assert game.generator(middle, high) < game.generator(middle, low)


@pytest.mark.parametrize("game", PAPERS, ids=named)
def test_games_stay_in_single_precision_under_bfloat16(game):
    real, fake = REAL.bfloat16(), FAKE.bfloat16()
    assert game.discriminator(real, fake).dtype == game.generator(real, fake).dtype == torch.float32


def test_equal_logits_put_the_cross_entropy_games_at_two_log_two():
    zero = torch.zeros(4)
    assert torch.allclose(NonSaturating.discriminator(zero, zero), torch.full((4,), 2 * math.log(2)))
    assert torch.allclose(Minimax.generator(zero, zero), torch.full((4,), -math.log(2)))


def test_the_minimax_generators_gradient_vanishes_against_a_strong_discriminator_and_the_non_saturatings_does_not():
    for logit, minimax, non_saturating in [(-20.0, 2e-9, 1.0), (0.0, 0.5, 0.5), (20.0, 1.0, 2e-9)]:
        slopes = []
        for game in (Minimax, NonSaturating):
            fake = torch.tensor([logit], requires_grad=True)
            game.generator(fake, fake).sum().backward()
            slopes.append(-fake.grad.item())
        assert slopes == pytest.approx([minimax, non_saturating], rel=0.1)


def test_label_smoothing_is_best_at_the_targets_logit_and_leaves_fakes_alone():
    logits = torch.linspace(-5, 5, 1001)
    best = LabelSmoothing(0.9).discriminator(logits, torch.zeros(1001)).argmin()
    assert logits[best].item() == pytest.approx(math.log(0.9 / 0.1), abs=0.01)
    zero = torch.zeros(1)
    difference = LabelSmoothing(0.9).discriminator(zero, FAKE[:1]) - LabelSmoothing(0.9).discriminator(zero, zero)
    assert torch.allclose(difference, softplus(FAKE[:1]) - softplus(zero))


def test_relativistic_averages_are_zero_where_every_logit_is_one_from_the_others_mean_whatever_their_level():
    low, high, apart = torch.full((3,), 4.0), torch.full((3,), 5.0), torch.tensor([3.0, 4.0, 8.0])  # apart: mean 5
    assert RelativisticAverageLeastSquares.discriminator(high, low).tolist() == [0.0] * 3
    assert RelativisticAverageLeastSquares.generator(low, high).tolist() == [0.0] * 3
    assert RelativisticAverageLeastSquares.discriminator(apart, low).tolist() == [4.0, 1.0, 9.0]  # real images' part


def test_the_margin_leaves_fakes_of_high_energy_alone():
    fake = torch.tensor([1.0, 3.0], requires_grad=True)
    EBGANLoss(2.0).discriminator(torch.zeros(2), fake).sum().backward()
    assert fake.grad.tolist() == [-1.0, 0.0]


def test_boundary_equilibrium_moves_k_towards_balance_and_keeps_it_in_its_interval():
    game, high, low = BEGANLoss(gamma=0.5, lambda_k=0.1), torch.tensor(1.0), torch.tensor(0.2)
    game.balance(real=low, fake=high)
    assert game.k.item() == 0.0
    game.balance(real=high, fake=low)
    assert game.k.item() == pytest.approx(0.03)
    assert game.convergence(high, low).item() == pytest.approx(1.3)
    assert "k" in game.state_dict()


def test_clipping_keeps_every_weight_in_the_box_after_every_step():
    network = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 1))
    optimizer = WeightClippingAdam(network.parameters(), lr=0.5, betas=[0.0, 0.9], clip_value=0.01)
    assert optimizer.param_groups[0]["betas"] == (0.0, 0.9)
    for _ in range(3):
        optimizer.zero_grad()
        network(torch.randn(4, 3)).sum().backward()
        optimizer.step()
        assert all(weight.abs().max() <= 0.01 for weight in network.parameters())
    assert any((weight.abs() == 0.01).any() for weight in network.parameters())


@pytest.mark.parametrize("loss", [NonSaturating, LeastSquares, Hinge])
def test_the_loss_of_averaged_patch_logits_is_another_objective(loss):
    """Half of the patches certain, half certainly wrong: on average undecided, and yet not what each costs."""
    logits = torch.tensor([[[4.0, -4.0], [4.0, -4.0]]])
    right, other = (per_image(loss.generator(None, one)) for one in (logits, per_image(logits)))
    if loss is Hinge:  # linear for the generator, so only the discriminator can tell
        right, other = (per_image(loss.discriminator(one, one)) for one in (logits, per_image(logits)))
    assert right.shape == other.shape == (1,) and right.item() > other.item() + 1
