"""The base class of training rules: its steps, its clock, its schedules; a look at a model leaves it as it was."""

import math

import pytest
import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.protocols import Batch
from genarium.training import schedules
from genarium.training.module import Module
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.scalar_log import Diverged
from genarium.training.steps import Steps, Terms, take_steps
from playing import fit, sgd
from toys import autoencoder

RATE = 0.1


class Number(nn.Module):
    """One number."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))


class Duel(Module):
    """Two players of one number each; either one's loss is the product of both, as in a Dirac-GAN."""

    def __init__(self, rules: dict[str, OptimizerSpec] | None = None, **numbers: schedules.Schedule) -> None:
        super().__init__(rules or {"first": sgd(RATE), "second": sgd(RATE)}, numbers)
        self.first, self.second = Number(2.0), Number(3.0)
        self.weight, self.met = 1.0, []

    def networks(self) -> dict[str, nn.Module]:
        return {"first": self.first, "second": self.second}

    def product(self, images: Tensor) -> Terms:
        return {"loss": self.weight * self.first.value * self.second.value * torch.ones(len(images))}

    def steps(self, batch: Batch) -> Steps:
        for player in ("first", "second"):
            terms = yield player, lambda: self.product(batch.images)
            self.met.append((player, terms["loss"].mean().item()))

    def numbers(self) -> tuple[float, float]:
        return self.first.value.item(), self.second.value.item()


def images(count: int = 4) -> Tensor:
    return torch.zeros(count, 1, 1, 1)


def test_steps_are_taken_in_their_order_and_each_is_handed_its_terms():
    duel, taken = Duel(), []

    def take(player, objective):
        taken.append(player)
        return {"loss": torch.full((4,), float(len(taken)))}

    take_steps(duel.steps(Batch(images(), torch.zeros(4))), take)
    assert taken == ["first", "second"] and duel.met == [("first", 1.0), ("second", 2.0)]


def test_a_step_moves_its_player_down_its_own_slope_and_the_next_player_meets_what_it_left():
    duel = fit(Duel(), [images()])
    first = 2.0 - RATE * 3.0
    assert duel.numbers() == pytest.approx((first, 3.0 - RATE * first))
    assert duel.met == [("first", 6.0), ("second", pytest.approx(3 * first))]


def test_the_others_weights_take_no_gradient_in_a_players_step():
    duel = Duel()
    duel.weights = {name: list(network.parameters()) for name, network in duel.networks().items()}
    with duel.alone("first"):
        assert duel.first.value.requires_grad and not duel.second.value.requires_grad
    assert duel.second.value.requires_grad


def test_a_gradient_is_clipped_to_the_norm_that_is_asked_and_the_norm_before_is_logged():
    clipped = OptimizerSpec(lambda weights: torch.optim.SGD(weights, RATE), grad_clip=0.5)
    duel = fit(Duel({"first": clipped, "second": sgd(RATE)}), [images()])
    assert duel.numbers()[0] == pytest.approx(2.0 - RATE * 0.5)
    assert duel.meter.means()["gradient_norm/first"] == pytest.approx(3.0)


def test_the_clock_counts_images_and_schedules_and_rates_are_read_from_it():
    fading = schedules.linear(start=1.0, stop=0.0, over=8)
    rule = OptimizerSpec(lambda weights: torch.optim.SGD(weights, RATE), lr_schedule=fading)
    duel = fit(Duel({"first": rule, "second": sgd(0.0)}, weight=fading), [images(4), images(2)])
    assert (duel.images_seen, duel.batches_seen) == (6, 2)
    after_one = 2.0 - RATE * 3.0
    assert duel.numbers()[0] == pytest.approx(after_one - RATE * 0.5 * 0.5 * 3.0)  # the rate and the loss are halved


def test_terms_are_averaged_over_images_and_named_after_their_player():
    duel = fit(Duel(), [images(4), images(2)])
    means, losses = duel.meter.means(), [loss for player, loss in duel.met if player == "first"]
    assert means["train/first/loss"] == pytest.approx((4 * losses[0] + 2 * losses[1]) / 6)
    assert duel.meter.means() == {}


def test_a_look_at_a_model_leaves_modes_random_numbers_and_averages_as_they_were():
    averaged = OptimizerSpec(lambda weights: torch.optim.SGD(weights, RATE), ema_half_life=100.0)
    duel = fit(Duel({"first": averaged, "second": sgd(RATE)}), [images()] * 3).train()
    duel.second.eval()
    before, state = duel.numbers(), torch.get_rng_state()
    with duel.evaluating(seed=0):
        assert not duel.training and not torch.is_grad_enabled()
        assert before[0] < duel.numbers()[0] < 2.0  # the average lags behind
        drawn = torch.rand(3)
    assert duel.numbers() == before and torch.equal(torch.get_rng_state(), state)
    assert duel.training and duel.first.training and not duel.second.training
    with duel.evaluating(seed=0):
        assert torch.equal(torch.rand(3), drawn)


def test_validation_scores_the_final_values_and_training_goes_on_where_it_was():
    swings = schedules.cyclical(start=0.0, stop=4.0, period=1000, rise=0.5)
    model = autoencoder(2, schedules={"regularizer_weight": swings})
    model.images_seen = 250
    model.apply_schedules(250)
    with model.schedules_finished():
        assert model.regularizer_weight == 4.0
    assert model.regularizer_weight == 2.0


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Duel({"first": sgd(1.0), "secnd": sgd(1.0)}), "has no player 'secnd'; did you mean second"),
        (lambda: Duel({"first": sgd(1.0)}), "needs model.optimizers.second"),
        (lambda: Duel(wieght=schedules.full()), "no number 'wieght' .* did you mean weight"),
        (lambda: Duel(met=schedules.full()), "no number 'met'"),
    ],
)
def test_a_player_or_number_that_there_is_not_is_refused_by_name(made, said):
    with pytest.raises(UserError, match=said):
        made().configure_model()


def test_a_divergence_names_the_player_whose_rate_may_help(monkeypatch):
    monkeypatch.setattr(Module, "log_scalars", lambda self, values: None)
    with pytest.raises(Diverged, match=r"train/second/loss = nan; lower model\.optimizers\.second\.optimizer\.lr"):
        Duel().log_terms({"train/first/loss": 1.0, "train/second/loss": math.nan})


def test_the_state_brings_the_clock_the_scheduled_numbers_and_the_terms_that_were_not_yet_logged():
    fading = schedules.linear(start=1.0, stop=0.0, over=8)
    duel, loaded = fit(Duel(weight=fading), [images(4)]), Duel(weight=fading)
    loaded.load_state_dict(duel.state_dict())
    assert (loaded.images_seen, loaded.batches_seen, loaded.weight) == (4, 1, 0.5)
    assert loaded.numbers() == duel.numbers() and loaded.meter.means() == duel.meter.means()
