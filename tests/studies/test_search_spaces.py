"""The spaces of conf/search: each is composed, checked and can be drawn from, as it stands."""

import random

import pytest

from genarium.commands.plan_search import planned
from genarium.config import compose, conf_groups
from genarium.config.grammar import parse
from genarium.studies.space import Categorical, chosen
from small import SMALL

SPACES = [name for name in conf_groups.choices("search") if name != "default"]


@pytest.mark.parametrize("name", SPACES)
def test_every_named_space_can_be_searched(name):
    settings = compose.checked([f"search={name}"], "sweep")
    _, spec, examples = planned(["callbacks=search", *(word for word in SMALL if word != "data=garden")], settings)
    drawn, random_state = {}, random.Random(0)
    for one in spec.dimensions:
        drawn[one.key] = random_state.choice(one.options) if isinstance(one, Categorical) else one.low
    config = compose.checked([*spec.words, *chosen(spec.dimensions, drawn)])
    assert config.choices.model in conf_groups.choices("model")
    assert all(parse(word) for word in examples)


def test_the_rate_of_both_players_is_one_in_the_wide_search():
    _, spec, _ = planned([], compose.checked(["search=gan_wide"], "sweep"))
    rate = "model.optimizers.generator.optimizer.lr=0.003"
    config = compose.checked([*spec.words, "model=wgan", rate])
    assert config.model.optimizers.discriminator.optimizer.lr == 0.003
    assert config.callbacks.evaluate.evaluation.reference_split == "val"
