"""Files of a run's configuration: config.yaml, resolved, and recipe.yaml, with its interpolations, so that a change
at a resume reaches all that follows from it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from genarium.config.containers import as_dict
from genarium.config.resolvers import register
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.runs.run import Run

TEXT, TABLE = (str, int, float, bool, type(None)), (dict,)
ROOTS = {
    "seed": (int,), "total_images": (int,), "name": TEXT, "group": TEXT, "choices": TABLE, "model": TABLE,
    "data": TABLE,
    "trainer": TABLE, "callbacks": TABLE, "logger": (dict, type(None)),
}  # fmt: skip
"""What a whole configuration holds, and of which types."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEAD = ("${hydra:", "${run_name:")
"""Interpolations of the command that started the run: a resumed run keeps their values."""
REFERENCE = re.compile(r"\$\{([\w.]+)\}")
KEEP = object()


def read(path: Path) -> dict[str, Any]:
    """Resolved configuration of config.yaml; UserError with a remedy where it is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
        held = yaml.load(text, Loader=LOADER)
        if "${" in text and isinstance(held, dict):
            register()
            held = as_dict(OmegaConf.create(held), resolve=True)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError, yaml.YAMLError, OmegaConfBaseException):
        raise damaged(path, "it is cut, or no text") from None
    if not isinstance(held, dict):
        raise damaged(path, "it is empty" if held is None else "it is no dictionary")
    if "images" in held and "total_images" not in held:
        raise UserError(earlier(path.parent))
    if lost := [key for key in ROOTS if key not in held or type(held[key]) not in ROOTS[key]]:
        raise damaged(path, f"it has no {lost[0]}")
    if gone := lacking(held, source(path.with_name("recipe.yaml"))):
        raise damaged(path, f"it has no {gone}")
    if "_target_" not in held["model"] or not isinstance(held["data"].get("module"), dict):
        raise damaged(path, "it has no model or no data to build")
    return held


def earlier(folder: Path) -> str:
    """Error for a run whose configuration has former names of keys."""
    return (
        f"{folder} was made by an earlier version, whose names are no longer read: train the run again, or check out"
        " the commit that its result.json names"
    )


def damaged(path: Path, why: str) -> UserError:
    recipe = path.with_name("recipe.yaml")
    way = f"cp {recipe} {path}" if source(recipe) else "put a copy of it back, or train the run again"
    return UserError(f"{path} is damaged ({why}): {way}")


def source(recipe: Path) -> dict[str, Any]:
    """The configuration before its interpolations were resolved; empty where the run has none that is whole."""
    try:
        held = yaml.load(recipe.read_bytes(), Loader=LOADER)
        OmegaConf.create(held)
    except (OSError, ValueError, RecursionError, yaml.YAMLError, OmegaConfBaseException):
        return {}
    return held if isinstance(held, dict) and not lacking(held, ROOTS) else {}


def lacking(held: Mapping[str, Any], whole: Mapping[str, Any], prefix: str = "") -> str:
    """First key of `whole` that is missing in `held`, dotted; '' where none is."""
    for key, value in whole.items():
        if key not in held:
            return f"{prefix}{key}"
        inner = held[key] if isinstance(held[key], dict) else {}
        if isinstance(value, dict) and held[key] is not None and (deeper := lacking(inner, value, f"{prefix}{key}.")):
            return deeper
    return ""


def keep(run: Run, config: DictConfig, alive: DictConfig) -> None:
    """Write both: `config` resolved, `alive` with the interpolations that it was resolved from."""
    resolved = OmegaConf.to_container(config)
    buried = freeze_hydra(OmegaConf.to_container(alive), resolved)
    write_atomically(run.recipe, OmegaConf.to_yaml(OmegaConf.create(buried)).encode())
    write_atomically(run.config, OmegaConf.to_yaml(config).encode())


def freeze_hydra(alive: Any, resolved: Any) -> Any:
    """Configuration `alive`, its interpolations of Hydra's command (DEAD) replaced by their resolved values."""
    if isinstance(alive, dict) and isinstance(resolved, dict):
        return {key: freeze_hydra(value, resolved.get(key)) for key, value in alive.items()}
    return resolved if isinstance(alive, str) and alive.startswith(DEAD) else alive


def with_interpolations(held: dict[str, Any], alive: dict[str, Any]) -> DictConfig:
    """Resolved configuration `held`, with those interpolations of `alive` that resolve to its values."""
    config = OmegaConf.create(graft(held, alive))
    assert isinstance(config, DictConfig)
    while wrong := {
        path: value for path, value in leaves(held) if interpolated(config, path) and value_at(config, path) != value
    }:
        raw = {path: str(as_dict(parent(config, path))[path.rpartition(".")[2]]) for path in wrong}
        first = [path for path in wrong if not set(REFERENCE.findall(raw[path])) & set(wrong)]
        for path in first or wrong:
            OmegaConf.update(config, path, wrong[path], merge=False)
    return config


def graft(held: Any, alive: Any) -> Any:
    """Resolved configuration `held` with all interpolations of `alive`, whatever they resolve to."""
    if isinstance(alive, str) and "${" in alive and not alive.startswith(DEAD):
        return alive
    if isinstance(held, dict):
        return {key: graft(value, alive.get(key) if isinstance(alive, dict) else None) for key, value in held.items()}
    return alive if isinstance(alive, list) and "${" in str(alive) else held


def leaves(held: dict[str, Any], prefix: str = ""):
    """(dotted key, value) of every node, inner ones before the dictionary that holds them."""
    for key, value in held.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        yield f"{prefix}{key}", value


def plain_leaves(held: dict[str, Any]) -> dict[str, Any]:
    """Dotted key -> value of everything that is no dictionary."""
    return {key: value for key, value in leaves(held) if not isinstance(value, dict)}


def parent(config: DictConfig, path: str) -> DictConfig:
    above = path.rpartition(".")[0]
    return cast(DictConfig, OmegaConf.select(config, above)) if above else config


def interpolated(config: DictConfig, path: str) -> bool:
    """Whether the value at `path` is an interpolation, or a list with one."""
    above, key = parent(config, path), path.rpartition(".")[2]
    if not isinstance(above, DictConfig) or key not in above:
        return False
    inner = above._get_node(key)
    return OmegaConf.is_interpolation(above, key) or (isinstance(inner, ListConfig) and "${" in str(inner))


def value_at(config: DictConfig, path: str) -> Any:
    """Resolved value at `path`; KEEP where it cannot be resolved."""
    try:
        found = OmegaConf.select(config, path)
        return OmegaConf.to_container(found, resolve=True) if OmegaConf.is_config(found) else found
    except (OmegaConfBaseException, ValueError, TypeError):
        return KEEP
