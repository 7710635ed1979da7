"""Which settings differ between runs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

# where a run lies, what it is called and where a set's files are kept: no reason for other numbers. A folder of
# images (data.path) is one: it is the set.
NAMING = {"name", "group", "resume", "hydra", "logger", "choices"}
PLACES = {"root", "cache"}


def flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """{'model': {'beta': 4}} -> {'model.beta': 4}; a list stays one value."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def differing(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The dotted keys on which the runs do not agree (a missing key is a disagreement), in order of appearance; of keys
    of one last word that always agree, such as seed and data.module.seed, the outermost."""
    keys = dict.fromkeys(key for one in settings for key in one if not is_noise(key))
    told = {key: tuple(_canonical(one, key) for one in settings) for key in keys}
    unlike = [key for key, values in told.items() if len(set(values)) > 1]
    outermost: dict[tuple[str, ...], str] = {}
    for key in sorted(unlike, key=lambda key: key.count(".")):
        outermost.setdefault((key.rpartition(".")[2], *told[key]), key)
    return [key for key in unlike if key in outermost.values()]


def follows(key: str, settings: Sequence[Mapping[str, Any]], choices: Sequence[str | None]) -> bool:
    """Whether runs of the same choice (of model, say) always agree on `key`."""
    if len(set(choices)) == 1:
        return False
    pairs = {(choice, _canonical(one, key)) for choice, one in zip(choices, settings, strict=True)}
    return len(pairs) == len(set(choices))


def is_noise(key: str) -> bool:
    """Whether a setting says where a run lies, or how its parts are made of their `_target_`, and nothing about its
    numbers."""
    parts = key.split(".")
    return parts[0] in NAMING or parts[-1] in PLACES or parts[-1] == "_partial_"


def _canonical(settings: Mapping[str, Any], key: str) -> str:
    """Equal for equal values (1 and 1.0, but not 1 and true); '' for a missing one."""
    if key not in settings:
        return ""
    value = settings[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return json.dumps(float(value) if number else value, sort_keys=True, default=str)
