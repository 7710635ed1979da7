"""Who trains which parameter: each is one player's."""

from collections.abc import Callable

import pytest
from torch import nn

from genarium.errors import UserError
from genarium.training.module import Module
from playing import adam

LAYERS = {name: nn.Linear(2, 2) for name in ("first", "second", "third")}


class Trio(Module):
    """Three layers; `networks()` is what a test says."""

    def __init__(self, plays: Callable[[dict[str, nn.Module]], dict[str, nn.Module]]) -> None:
        super().__init__({"generator": adam(), "discriminator": adam()}, {})
        self.layers, self.plays = nn.ModuleDict(LAYERS), plays

    def networks(self) -> dict[str, nn.Module]:
        return self.plays(self.layers)


@pytest.fixture(autouse=True)
def trainable():
    for layer in LAYERS.values():
        layer.requires_grad_()


def test_a_parameter_of_two_players_is_refused_by_name():
    shared = Trio(lambda has: {"generator": has["first"], "discriminator": nn.ModuleList(has.values())})
    with pytest.raises(UserError, match=r"layers\.first\.weight belongs to two players, generator and discriminator"):
        shared.configure_model()


def test_a_trainable_parameter_of_no_player_is_refused_by_name_and_a_frozen_one_is_not():
    idle = Trio(lambda has: {"generator": has["first"], "discriminator": has["second"]})
    with pytest.raises(UserError, match=r"layers\.third\.weight belongs to no player"):
        idle.configure_model()
    LAYERS["third"].requires_grad_(False)
    idle.configure_model()


def test_a_layer_that_one_player_uses_twice_is_its_own():
    twice = Trio(
        lambda has: {
            "generator": nn.Sequential(has["first"], has["first"], has["third"]),
            "discriminator": has["second"],
        }
    )
    twice.configure_model()
    assert len(list(twice.networks()["generator"].parameters())) == 4


def test_averages_are_no_players():
    model = Trio(lambda has: {"generator": nn.ModuleList([has["first"], has["third"]]), "discriminator": has["second"]})
    model.players["generator"] = adam(ema_half_life=10.0)
    model.configure_model()
    model.configure_model()
    assert not list(model.averages.parameters())
