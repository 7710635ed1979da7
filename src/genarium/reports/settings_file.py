"""A run's config.yaml as a dictionary, read ten times as fast as OmegaConf does: a page may compare a thousand."""

import re
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf

FLOAT = re.compile(
    r"^[-+]?([0-9][0-9_]*)\.[0-9_]*([eE][-+]?[0-9]+)?$|^[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+$"
    r"|^[-+]?\.[0-9][0-9_]*([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$"
)


class SettingsLoader(yaml.CSafeLoader):  # libyaml is in every wheel of PyYAML
    """YAML as OmegaConf reads it: 1e-3 is a number (YAML 1.1 wants a point in it), and a date is a text."""


SettingsLoader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float")]
    for first, rules in SettingsLoader.yaml_implicit_resolvers.items()
}
SettingsLoader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+0123456789."))


def read_settings(path: Path) -> dict[str, Any]:
    """Keys -> values, nested as in the file; ValueError where it holds none, yaml.YAMLError where it is no YAML."""
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        raise ValueError("it is empty")
    resolved = "${" not in text  # as what a training writes is
    found = yaml.load(text, Loader=SettingsLoader) if resolved else OmegaConf.to_container(OmegaConf.create(text))
    if not isinstance(found, dict):
        raise ValueError("it is a list" if isinstance(found, list) else "it is no table of keys")
    return {str(key): value for key, value in found.items()}
