"""Root keys of the configurations, and the commands that read them."""

import re

from genarium.config.conf_groups import GROUPS

KEYS = ("seed", "total_images", "name", "group", "init", "resume")
KNOWN = {
    "train": {*GROUPS, *KEYS, "choices"},
    "evaluate": {"evaluation", "sampler", "run", "checkpoint", "device"},
    "sweep": {
        "workers", "runs_per_device", "search", "objective", "direction", "checkpoint", "trials", "seeds", "algorithm",
        "pruner", "constraints", "storage", "base", "space",
    },
}  # fmt: skip
"""Root keys by configuration: the groups among them are folders of `conf`."""
COMMANDS = {"train": "genarium train", "evaluate": "genarium evaluate", "sweep": "genarium train -m"}
"""Configuration -> the command whose words set its keys."""


def root(key: str) -> str:
    """The first part of a dotted key, or of a group within a group.

    >>> root("model/generator@model.generator.network")
    'model'
    """
    return re.split(r"[./@]", key)[0]


def commands_of(key: str) -> list[str]:
    """The commands that have a root key."""
    return [COMMANDS[name] for name, keys in KNOWN.items() if key in keys]
