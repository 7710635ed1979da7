"""Configuration of a resumed run: its own, with a few keys changed and all that is interpolated from them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from genarium.config import compose, conf_groups, grammar, overrides, recipe, trainer_keys, values
from genarium.config.containers import as_dict
from genarium.config.refused import unresolved
from genarium.errors import UserError, nearest
from genarium.files.output_paths import why_not
from genarium.runs.run import Run

CHANGEABLE = ("trainer", "callbacks", "logger")
"""Groups that may be chosen anew; the model and the data are what the checkpoint was trained with."""
PLACES = {"root": "GENARIUM_DATA", "cache": "GENARIUM_CACHE"}
MADE = {
    "seed": "what it drew is in the checkpoint",
    "name": "a run is called as its folder",
    "group": "a run's group is the folder that it lies in",
    "choices": "they are a record",
    "hydra": "there is no sweep and no folder to choose",
    "init": "its networks have moved on from there",
    "resume": "one run is gone on with at a time",
}
"""Keys that would change nothing of a run that has begun, and why."""
PACES = ("over", "every", "patience", "period", "warmup", "hold")


def changed(run: Run, words: Sequence[str]) -> DictConfig:
    """Configuration of the resumed run, not yet resolved; UserError for an override that cannot be applied."""
    held = recipe.read(run.config)
    alive = recipe.source(run.recipe)
    config = recipe.with_interpolations(held, alive or composed_again(held))
    replace_places(config, alive or composed_again(held), known=bool(alive))
    changes = [read(word) for word in words]
    for override in sorted(changes, key=lambda override: override.key_or_group not in conf_groups.GROUPS):
        if override.key_or_group in conf_groups.GROUPS or "/" in override.key_or_group:
            choose(config, override, run)
        else:
            change(config, override, run)
    check_resolved(config)
    report_budget(config, held)
    return config


def check_resolved(config: DictConfig) -> None:
    """UserError where a ${…} leads nowhere."""
    try:
        as_dict(config, resolve=True)
    except OmegaConfBaseException as error:
        raise UserError(unresolved(error)) from None


def composed_again(held: dict) -> dict:
    """Composed configuration of a run without recipe.yaml (an older one), from its choices; empty where that fails."""
    try:
        words = [f"{group}={held['choices'][group]}" for group in ("model", "data")]
        return as_dict(compose.composed(words))
    except (UserError, KeyError, TypeError):
        return {}


def replace_places(config: DictConfig, alive: dict, known: bool) -> None:
    """Set data.root and data.cache by the environment of today, unless the run's command set them."""
    for key, variable in PLACES.items():
        source = alive.get("data", {}).get(key)
        if key not in config.data or not isinstance(source, str) or "${oc.env:" not in source:
            continue
        place = Path(config.data[key])
        gone = bool(why_not(place)) if key == "cache" else not place.is_dir()
        if gone or (known and os.environ.get(variable)):
            config.data[key] = source


def read(word: str) -> Override:
    compose.refuse_no_option(word)
    override = grammar.parse(overrides.readable(word))
    key = override.key_or_group
    if override.package:
        raise UserError(f"{word}: write {key}=…, without @{override.package}")
    if override.is_sweep_override():
        raise UserError(f"{word} names several values: a run goes on with one, so quote a value that has commas")
    if override.is_delete():
        raise UserError(f"{word}: nothing is taken out of a run that has begun; set {key}=none to leave it out")
    return override


def choose(config: DictConfig, override: Override, run: Run) -> None:
    """Another trainer, logger or callbacks, with its own settings."""
    group, value = override.key_or_group, override.get_value_string()
    held = OmegaConf.select(config, f"choices.{group}")
    if group not in CHANGEABLE:
        if value == held:
            return
        holds = f"{group}={held}" if held else f"{group} as it was trained"
        raise UserError(f"{run.folder} holds a run with {holds}: leave {group}={value} out, or start a new run")
    config[group] = compose.composed([f"{group}={value}"])._get_node(group)


def change(config: DictConfig, override: Override, run: Run) -> None:
    """Change one key, and through interpolations all that depend on it."""
    key, value = override.key_or_group, override.value()
    above, leaf = recipe.parent(config, key), key.rpartition(".")[2]
    new = override.is_add() and key.startswith("trainer.")
    if key.startswith("trainer.") and leaf not in (above or {}) and not new:
        trainer_keys.refuse(leaf)
    if not isinstance(above, DictConfig) or (leaf not in above and not new):
        raise UserError(unknown(config, key, run))
    if leaf in above and recipe.value_at(config, key) == value and not override.is_add():
        return
    refuse_what_changes_nothing(config, key, run)
    if new:
        trainer_keys.check([leaf])
    values.check_value(key, value, values.at(compose.settled(config), key))
    OmegaConf.update(config, key, value, merge=False, force_add=new)


def unknown(config: DictConfig, key: str, run: Run) -> str:
    group, _, rest = key.partition(".")
    above = recipe.parent(config, key)
    if group in CHANGEABLE and rest and not above:
        which = key.rpartition(".")[0]
        return f"{run.folder} has no {which}, so {key} would change nothing: choose {group}=… that has one beside it"
    return f"the run has no key '{key}'{nearest(key.rpartition('.')[2], map(str, above or []))}"


def refuse_what_changes_nothing(config: DictConfig, key: str, run: Run) -> None:
    root, leaf, above = key.split(".")[0], key.rpartition(".")[2], recipe.parent(config, key)
    if root in MADE:
        raise UserError(f"{key} cannot change in {run.folder}: {MADE[root]}; leave it out, or start a new run")
    if leaf == "_target_" and root in ("model", "data"):
        raise UserError(f"{key} cannot change in {run.folder}: its checkpoint is of what it was; start a new run")
    node = as_dict(above).get(leaf)
    if key.startswith("data.module.") and isinstance(node, str) and (one := recipe.REFERENCE.fullmatch(node)):
        raise UserError(f"{key} follows {one[1]}: set {one[1]}=… instead")
    if root == "model" and key.count(".") == 1 and leaf in (config.model.get("schedules") or {}):
        raise UserError(f"{key} is set anew at each step by model.schedules.{leaf}: change that instead")


def report_budget(config: DictConfig, held: dict) -> None:
    """Print which schedules stretch with another budget, and which do not."""
    if config.total_images == held["total_images"] or type(config.total_images) is not int:
        return
    own = [
        f"{path}={value}"
        for path, value in recipe.leaves(as_dict(config))
        if path.rpartition(".")[2] in PACES and type(value) is int
    ]
    stay = f"; as they are: {', '.join(own)}" if own else ""
    print(
        f"the budget was {held['total_images']:,} images and is {config.total_images:,}: schedules and cadences that"
        f" follow it stretch along{stay}",
        file=sys.stderr,
    )
