"""Configurations as plain dictionaries."""

from typing import Any, cast

from omegaconf import DictConfig, OmegaConf


def as_dict(config: DictConfig, resolve: bool = False, throw_on_missing: bool = False) -> dict[str, Any]:
    """`config` and all below it as dictionaries, lists and plain values; its keys are texts, as in YAML."""
    return cast(dict[str, Any], OmegaConf.to_container(config, resolve=resolve, throw_on_missing=throw_on_missing))
