"""Sweeps for `wandb sweep`: what W&B's agent would run for their points composes, each in a folder of the sweep."""

import itertools
import random
from pathlib import Path

import pytest
from wandb.sdk.launch.sweeps import utils as expander

from genarium.callbacks.evaluate import Evaluate
from genarium.config import compose, conf_groups
from genarium.studies import sweeps
from genarium.training.build import built

FILES = sorted((conf_groups.conf_dir() / "wandb_sweeps").glob("*.yaml"))
NAMES = [file.stem for file in FILES]


def read(file: Path) -> dict:
    found = expander.load_sweep_config(str(file))
    assert found
    return found


def drawn(parameter: dict, chance: random.Random) -> list:
    """Values that W&B may send for a parameter: all of a list, ends of a distribution and one between."""
    if "value" in parameter:
        return [parameter["value"]]
    if "values" in parameter:
        return parameter["values"]
    low, high = parameter["min"], parameter["max"]
    assert parameter["distribution"] == "log_uniform_values" and 0 < low < high
    return [low, high, low * (high / low) ** chance.random()]


def points(sweep: dict) -> list[dict]:
    chance = random.Random(0)
    names = list(sweep["parameters"])
    return [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(drawn(sweep["parameters"][name], chance) for name in names))
    ]


def words_of(sweep: dict, point: dict) -> list[str]:
    """The command that W&B's agent runs for a point: its own expander, and its own loop over the macros."""
    command = expander.create_sweep_command(list(sweep["command"]))
    args = expander.create_sweep_command_args({"args": {name: {"value": value} for name, value in point.items()}})
    args |= {"env": ["/usr/bin/env"], "program": [sweep["program"]], "interpreter": ["python"]}
    return [word for part in command for word in (args[part[2:-1]] if part.startswith("${") else [part])]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_every_point_that_wandb_may_send_composes_in_a_folder_of_its_own(file, monkeypatch):
    monkeypatch.setenv("WANDB_SWEEP_ID", "abc12345")
    sweep = read(file)
    found, folders = points(sweep), set()
    for point in found:
        env, program, verb, *words = words_of(sweep, point)
        assert (env, program, verb) == ("/usr/bin/env", "genarium", "train")
        words = [sweeps.read(word, False) for word in words]
        config = compose.checked(words)
        assert config.group == "abc12345" and config.choices.model == point["model"]
        for key, value in point.items():
            if "." in key:
                assert str(compose.OmegaConf.select(config, key)).replace(" ", "") == str(value)
        [(_, folder)] = sweeps.folders(words, sweep=False)
        folders.add(folder)
    assert len(folders) == len(found)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_the_metric_of_a_sweep_is_one_that_its_runs_log_and_that_does_not_change_with_what_is_swept(file):
    sweep = read(file)
    config = compose.checked([f"{key}={value}" for key, value in points(sweep)[0].items()])
    assert sweep["metric"] == {"name": config.callbacks.checkpoints.monitor, "goal": "minimize"}
    assert isinstance(built(config.callbacks.evaluate, "callbacks"), Evaluate)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_sweep_has_flat_keys_and_no_value_that_python_spells_otherwise(file):
    for name, parameter in read(file)["parameters"].items():
        assert "parameters" not in parameter, name
        assert not [value for value in drawn(parameter, random.Random(0)) if value is None or isinstance(value, bool)]


def test_sweeps_of_wandb_are_no_group_of_options():
    assert "wandb_sweeps" not in conf_groups.groups() and not conf_groups.is_choice("wandb_sweeps=beta_vae")
    with pytest.raises(compose.UserError, match="there is no key 'wandb_sweeps'"):
        compose.checked(["model=vae", "wandb_sweeps=beta_vae"])
