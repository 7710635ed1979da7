"""What a configuration builds calls no code of Hydra while it trains."""

import functools
from functools import partial

import pytest
import torch
from hydra.utils import instantiate

from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.partials import unchecked
from small import configured

BATCH = torch.zeros(4, 3, 16, 16)


class Checked(partial):
    """As Hydra's own."""


def test_partials_in_partials_lists_dicts_tuples_and_networks_become_plain_and_do_the_same():
    add = Checked(lambda a, b: a + b, 1)
    layer = torch.nn.Sequential(torch.nn.Linear(1, 1))
    layer[0].rule = {"list": [add], "tuple": (add, 2), "deep": partial(Checked(max, 3), 5)}
    assert unchecked(layer) is layer
    rule = layer[0].rule
    assert [type(found) for found in (rule["list"][0], rule["tuple"][0], rule["deep"].func)] == [
        partial,
        partial,
        type(max),
    ]
    assert (rule["list"][0](2), rule["tuple"][0](3), rule["deep"](1)) == (3, 4, 5)


def deferred(part: object, seen: set[int]) -> list[str]:
    """Names of whatever is a partial, but not functools' own, anywhere in `part`."""
    if id(part) in seen or isinstance(part, type | torch.Tensor):
        return []
    seen.add(id(part))
    own = [repr(part)] if isinstance(part, functools.partial) and type(part) is not functools.partial else []
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else []
    if isinstance(part, functools.partial):
        inner = [part.func, *part.args, *part.keywords.values()]
    return own + [name for value in [*inner, *getattr(part, "__dict__", {}).values()] for name in deferred(value, seen)]


@pytest.mark.parametrize("name", ["ae", "vae_kl_annealing", "gan_r1_lazy", "gan_diffaugment", "progan"])
def test_no_model_keeps_a_partial_that_is_checked_at_each_call(name):
    model = instantiate(configured(name).model)
    assert deferred(model, set())  # as Hydra builds it
    model.configure_model()
    assert deferred(model, set()) == []
    assert all(type(player) is OptimizerSpec for player in model.players.values())
