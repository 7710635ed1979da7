"""Checks of a training rule's players: their optimizers, scheduled numbers and parameters."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from torch import nn

from genarium.errors import UserError, nearest

if TYPE_CHECKING:
    from genarium.training.module import Module


def check_players(module: "Module", networks: Mapping[str, nn.Module]) -> None:
    """UserError where a player, a scheduled number or an optimizer is missing, or a parameter is not one player's."""
    kind = type(module).__name__
    for name in module.players:
        if name not in networks:
            raise UserError(f"{kind} has no player '{name}'{nearest(name, networks)}")
    for name in module.schedules:
        if not isinstance(getattr(module, name, None), int | float):
            raise UserError(
                f"{kind} has no number '{name}' that model.schedules could set{nearest(name, vars(module))}"
            )
    if missing := set(networks) - set(module.players):
        raise UserError(f"{kind} needs model.optimizers.{sorted(missing)[0]}: its optimizer")
    refuse_shared_or_idle_parameters(module, networks)


def refuse_shared_or_idle_parameters(module: nn.Module, networks: Mapping[str, nn.Module]) -> None:
    """Every parameter is one player's: two would undo each other's steps, and what none has never learns."""
    kind, owners = type(module).__name__, {parameter: [] for parameter in module.parameters()}
    for name, network in networks.items():
        for parameter in network.parameters():
            owners.setdefault(parameter, []).append(name)
    for name, parameter in module.named_parameters():
        if len(owners[parameter]) > 1:
            both = " and ".join(owners[parameter])
            raise UserError(f"{kind}'s parameter {name} belongs to two players, {both}: give each its own network")
        if parameter.requires_grad and not owners[parameter]:
            raise UserError(
                f"{kind}'s parameter {name} belongs to no player, so that nothing would train it: return it from"
                " networks(), or freeze it by requires_grad_(False)"
            )
