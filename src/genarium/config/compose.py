"""Composition of a checked configuration from words of the command line."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from genarium.config import conf_groups, former_names, recipe, trainer_keys, values
from genarium.config.containers import as_dict
from genarium.config.overrides import flat, parse, readable
from genarium.config.resolvers import register
from genarium.config.signals import check_networks
from genarium.config.suggest import no_option
from genarium.errors import UserError, nearest
from genarium.files.output_paths import why_not

KEYS = ("seed", "total_images", "name", "group", "init", "resume")
KNOWN = {
    "train": {*conf_groups.GROUPS, *KEYS, "choices"},
    "evaluate": {"evaluation", "sampler", "run", "checkpoint", "device"},
    "sweep": {
        "workers", "runs_per_device", "search", "objective", "direction", "checkpoint", "trials", "seeds", "algorithm",
        "pruner", "constraints", "storage", "base", "space",
    },
}  # fmt: skip
"""Root keys by configuration: the groups among them are folders of `conf`."""


def composed(overrides: Sequence[str], name: str = "train") -> DictConfig:
    """Composed configuration for `overrides`, not yet resolved; UserError for an unknown key or option."""
    return without_hydra(with_hydra(overrides, name), name)


def with_hydra(overrides: Sequence[str], name: str = "train") -> DictConfig:
    """As `composed`, with Hydra's own keys."""
    register()
    for word in overrides:
        refuse_no_option(word)
    overrides = [readable(word) for word in overrides]
    for word in overrides:
        parse(word)
    try:
        with initialize_config_dir(str(conf_groups.conf_dir()), version_base="1.3"):
            return compose(name, overrides, return_hydra_config=True)
    except MissingConfigException as error:
        raise UserError(missing_option(error)) from None
    except (OmegaConfBaseException, HydraException) as error:
        raise UserError(unknown_key(error, overrides, name)) from None


def without_hydra(whole: DictConfig, name: str) -> DictConfig:
    HydraConfig.instance().set_config(whole)
    config = OmegaConf.masked_copy(whole, [str(key) for key in whole if key != "hydra"])
    reject_unknown_keys(config, KNOWN[name])
    trainer_keys.check(config.get("trainer", {}))
    return config


def checked(overrides: Sequence[str], name: str = "train") -> DictConfig:
    """The configuration for `overrides`, every value of the right type and in its range."""
    config = fitting(composed(overrides, name), overrides, name)
    if name == "train":
        check_networks(config)
    return config


def fitting(config: DictConfig, overrides: Sequence[str], name: str = "train") -> DictConfig:
    """`config`, composed of `overrides`; UserError where a value does not fit its key."""
    known = shipped(tuple(word for word in overrides if conf_groups.is_choice(word)), name)
    values.check(as_dict(config), known)
    try:
        values.check(as_dict(config, resolve=True, throw_on_missing=name == "train"), known)
    except OmegaConfBaseException as error:
        raise UserError(unresolved(error)) from None
    return config


def unresolved(error: OmegaConfBaseException) -> str:
    missing = re.search(r"Missing mandatory value: (\S+)", str(error))
    return f"say {missing[1]}=…: it is needed" if missing else " ".join(str(error).split())


@cache
def shipped(choices: tuple[str, ...], name: str) -> dict[str, Any]:
    """Configuration of the YAML files for these choices, resolved as far as it can be."""
    return settled(composed(choices, name))


def settled(node: Any) -> Any:
    """Plain values of `node`, resolved; those that cannot be resolved yet, as they are written."""
    try:
        return OmegaConf.to_container(node, resolve=True)
    except OmegaConfBaseException:
        return OmegaConf.to_container(node)


def refuse_no_option(word: str) -> None:
    """A group is an option's name: neither null nor a part of options nor, as W&B's agent gives it, all of its keys."""
    group, _, value = word.partition("=")
    if not conf_groups.is_choice(word) or group.startswith("~"):
        return
    if value.strip().startswith("{"):
        raise UserError(f"{word} sets a whole group at once: write its keys one by one, {flat(group, value)}")
    if value.strip().lower() in ("", "null", "true", "false", "base") or "/" in value or not value.isascii():
        raise UserError(no_option(group, value, conf_groups.choices(group)))


def missing_option(error: MissingConfigException) -> str:
    group, _, option = (error.missing_cfg_file or "").rpartition("/")
    if not (conf_groups.conf_dir() / group).is_dir():
        return f"there is no configuration '{error.missing_cfg_file}'"
    return no_option(group, option, conf_groups.choices(group))


def unknown_key(error: Exception, overrides: Sequence[str], name: str) -> str:
    """Error message for an override of an unknown key; `error` is Hydra's, its cause OmegaConf's."""
    found = re.search(r"Could not override '([^']*)'", str(error))
    if not found:
        return "cannot compose the run: " + " ".join(str(error).split("\n")[0].split())
    key = found[1]
    if key in former_names.GROUPS:
        return f"there is no group '{key}': it is {former_names.GROUPS[key]} now"
    parent, _, leaf = key.rpartition(".")
    if parent == "trainer":
        trainer_keys.refuse(leaf)
    if takes := [command for command, keys in KNOWN.items() if root(key) in keys and root(key) not in KNOWN[name]]:
        return f"there is no key '{root(key)}' here: it is one of genarium {' and genarium '.join(takes)}"
    kept = [text for text in overrides if conf_groups.is_choice(text) and key not in text]
    try:
        config = composed(kept, name)
        held, part, near = first_unknown(key, config, KNOWN[name] - {"choices"})
        deeper = keys_below(OmegaConf.select(config, held) if held else {}, part)
    except UserError:
        held, part, near, deeper = parent, leaf, [], []
    where = f" in {held}" if held else ""
    if now := former_names.key_now(held, part):
        return f"there is no key '{part}'{where}: it is {now} now"
    if deeper and part == leaf:
        return f"there is no key '{part}'{where}; did you mean {' or '.join(f'{held}.{path}' for path in deeper[:3])}?"
    return f"there is no key '{part}'{where}{nearest(part, near)}"


def root(key: str) -> str:
    """The first part of a dotted key, or of a group within a group.

    >>> root("model/generator@model.generator.network")
    'model'
    """
    return re.split(r"[./@]", key)[0]


def keys_below(node: Any, leaf: str) -> list[str]:
    """Dotted keys within `node`, at any depth, that end in `leaf`."""
    items = node.items_ex(resolve=False) if isinstance(node, DictConfig) else ()
    inner = [f"{key}.{path}" for key, value in items for path in keys_below(value, leaf)]
    return [leaf, *inner] if isinstance(node, DictConfig) and leaf in node else inner


def first_unknown(key: str, config: DictConfig, roots: set[str]) -> tuple[str, str, list[str]]:
    """(what holds it, the first part of a dotted `key` that is not there, the keys that are)."""
    node, held, keys = config, [], sorted(roots)
    *parents, leaf = key.split(".")
    for part in parents:
        if part not in keys:
            return ".".join(held), part, keys
        node, held = node[part], [*held, part]
        keys = list(map(str, node)) if isinstance(node, DictConfig) else []
    return ".".join(held), leaf, keys


def reject_unknown_keys(config: DictConfig, known: set[str]) -> None:
    """UserError for an unknown root key: Hydra makes one of a misspelled `+group=option`, and trains the default."""
    for key in set(config) - known:
        if now := former_names.key_now("", str(key)):
            raise UserError(f"there is no key '{key}': it is {now} now")
        raise UserError(f"there is no key '{key}'{nearest(str(key), known - {'choices'})}")
    for key in known - set(config) - {"search"}:
        raise UserError(f"'{key}' is needed: do not remove it")


def load(path: Path) -> DictConfig:
    """Configuration of a run's config.yaml; where its cache folder cannot be used, with this user's own."""
    register()
    config = OmegaConf.create(recipe.read(path))
    if "cache" in config.data and why_not(Path(config.data.cache)):
        default = yaml.safe_load((conf_groups.conf_dir() / "data/base.yaml").read_text(encoding="utf-8"))["cache"]
        own = OmegaConf.create({"cache": default}).cache
        OmegaConf.update(config, "data.cache", own)
        if "cache" in config.data.module:
            config.data.module.cache = own
    return config
