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
from genarium.config.grammar import parse
from genarium.config.overrides import flat, readable
from genarium.config.refused import refused, unresolved
from genarium.config.resolvers import register
from genarium.config.roots import KNOWN, root
from genarium.config.signals import check_networks
from genarium.config.suggest import no_option
from genarium.errors import UserError, nearest
from genarium.files.output_paths import why_not

ODD = re.compile(r"\[.*|[^(,]*([/={}\s][^(,]*|\.ya?ml|[^(,]{100})")
"""What is no option's name, nor several names of a sweep."""
MANY = ("logger",)
"""Groups of which several options may be chosen at once, as a list."""


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
        if root(parse(word).key_or_group) == "choices":
            raise UserError(f"{word}: choices record what the groups were set to: set model=… or data=…")
    try:
        with initialize_config_dir(str(conf_groups.conf_dir()), version_base="1.3"):
            return compose(name, overrides, return_hydra_config=True)
    except MissingConfigException as error:
        raise UserError(missing_option(error)) from None
    except (OmegaConfBaseException, HydraException, RecursionError) as error:
        raise UserError(refused(error, overrides, name, lambda words: with_hydra(words, name))) from None


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
    key, _, value = word.partition("=")
    if not conf_groups.is_choice(word) or key.startswith("~"):
        return
    group = key.lstrip("+").partition("@")[0]
    if value.strip().startswith("{"):
        raise UserError(f"{word} sets a whole group at once: write its keys one by one, {flat(group, value)}")
    name = value.strip().strip("'\"")
    odd = ODD.fullmatch(name) and not (group in MANY and name.startswith("["))
    if name.lower() in ("", "null", "true", "false", "base") or odd or not value.isascii():
        raise UserError(no_option(group, value, conf_groups.choices(group)))


def missing_option(error: MissingConfigException) -> str:
    group, _, option = (error.missing_cfg_file or "").rpartition("/")
    if not (conf_groups.conf_dir() / group).is_dir():
        return f"there is no configuration '{error.missing_cfg_file}'"
    return no_option(group, option, conf_groups.choices(group))


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
