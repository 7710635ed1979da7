"""The table of a search, on a terminal of 80 columns."""

from dataclasses import dataclass
from io import StringIO
from types import SimpleNamespace

import optuna
from rich.console import Console

from genarium.reports.short_names import short_names
from genarium.studies.space import space_of
from genarium.studies.sweep_table import table

SPACE = (
    "model=gan_hinge,wgan_gp",
    "model.optimizers.generator.optimizer.lr=tag(log,interval(1e-5,1e-2))",
    "model.optimizers.generator.optimizer.betas=choice([0.0,0.999],[0.9,0.999])",
    "model.discriminator_steps=choice(1,5)",
)


@dataclass
class Objective:
    name: str
    direction: str = "minimize"


def test_values_of_a_wide_search_stand_whole_within_80_columns():
    dimensions = space_of(SPACE, frozenset())[1]
    values = ["gan_hinge", 0.00010881, "[0.0,0.999]", 5]
    params = dict(zip((one.key for one in dimensions), values, strict=True))
    trial = SimpleNamespace(
        number=3, state=optuna.trial.TrialState.COMPLETE, values=[222.1], params=params, intermediate_values={}
    )
    objectives = [Objective("fd/efficientnet_lite0/500_val")]
    search = SimpleNamespace(spec=SimpleNamespace(objectives=objectives, dimensions=dimensions))
    names = short_names([objectives[0].name, *params])
    text = StringIO()
    Console(file=text, width=80).print(table(search, [trial], names))
    lines = text.getvalue().splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1].split() == ["t0003", "finished", "222.1", "gan_hinge", "0.0001088", "[0.0,0.999]", "5"]
    assert lines[-3].split()[:4] == ["run", "status", "fd", "↓"]
