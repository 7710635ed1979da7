"""From words on the command line to a checked configuration; what a user got wrong becomes one sentence."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from genarium.errors import UserError, nearest

GROUPS = ("model", "data", "trainer", "callbacks", "logger")
KEYS = ("seed", "images", "name", "group", "resume")
KNOWN = {
    "train": {*GROUPS, *KEYS, "choices"},
    "evaluate": {"evaluation", "sampler", "run", "checkpoint", "device"},
}
"""Root keys by configuration: the groups among them are folders of `conf`."""
UNNAMED = ("model", "data", "seed", "name", "group", "resume", "logger", "trainer", "callbacks", "hydra")
"""Overrides that do not show in a run's default name, or show in a place of their own."""
UNNAMED_BELOW = ("logger.", "trainer.", "callbacks.", "hydra.", "data.root", "data.cache")


def conf_dir() -> Path:
    """The configuration's folder: in the package where it is installed, at the top of a checkout."""
    shipped = Path(__file__).parent / "conf"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "conf"


def choices(group: str) -> dict[str, str]:
    """Option of a group -> the text of its first comment line; `base` options are parts, not choices."""
    files = sorted((conf_dir() / group).glob("*.yaml"))
    return {file.stem: file.read_text().splitlines()[0].lstrip("# ") for file in files if file.stem != "base"}


def parts(group: str) -> list[str]:
    """Groups within a group: `model/game=…` is one of the group `model`."""
    return sorted(folder.name for folder in (conf_dir() / group).iterdir() if folder.is_dir())


def share(images: int, part: float) -> int:
    """At least one image."""
    return max(1, round(int(images) * float(part)))


def run_name() -> str:
    """model-data-changed=values-seedN: the same for the same command."""
    hydra = HydraConfig.get()
    changed = [parse(text) for text in hydra.overrides.task]
    words = [f"{o.key_or_group.split('.')[-1]}={o.get_value_string()}" for o in changed if shows(o)]
    seeds = [o.get_value_string() for o in changed if o.key_or_group == "seed"]
    parts = [hydra.runtime.choices["model"], hydra.runtime.choices["data"], *words, f"seed{seeds[-1] if seeds else 0}"]
    return re.sub(r"[^\w.=,+-]+", "_", "-".join(parts))[:180]


def shows(override: Override) -> bool:
    key = override.key_or_group
    return key not in UNNAMED and not key.startswith(UNNAMED_BELOW)


def register() -> None:
    """Resolvers that the YAML files use."""
    OmegaConf.register_new_resolver("share", share, replace=True)
    OmegaConf.register_new_resolver("times", lambda a, b: int(a) * int(b), replace=True)
    OmegaConf.register_new_resolver("run_name", run_name, replace=True)


def parse(text: str) -> Override:
    try:
        return OverridesParser.create().parse_overrides([text])[0]
    except HydraException:
        raise UserError(
            f"cannot read '{text}': write key=value, quoted where the value has spaces or brackets"
        ) from None


def composed(overrides: Sequence[str], name: str = "train") -> DictConfig:
    """The configuration for `overrides`, interpolations alive; UserError names what is unknown and what is near."""
    register()
    try:
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            whole = compose(name, list(overrides), return_hydra_config=True)
    except MissingConfigException as error:
        raise UserError(missing_option(error)) from None
    except (OmegaConfBaseException, HydraException) as error:
        raise UserError(unknown_key(error, overrides, name)) from None
    HydraConfig.instance().set_config(whole)
    config = OmegaConf.masked_copy(whole, [key for key in whole if key != "hydra"])
    reject_unknown_keys(config, KNOWN[name])
    return config


def missing_option(error: MissingConfigException) -> str:
    group, _, option = (error.missing_cfg_file or "").rpartition("/")
    if not (conf_dir() / group).is_dir():
        return f"there is no configuration '{error.missing_cfg_file}'"
    return f"there is no {group} '{option}'{nearest(option, choices(group))}"


def unknown_key(error: Exception, overrides: Sequence[str], name: str) -> str:
    """The sentence for an override that does not fit; `error` is Hydra's, its cause OmegaConf's."""
    found = re.search(r"Could not override '([^']*)'", str(error))
    if not found:
        return "cannot compose the run: " + " ".join(str(error).split("\n")[0].split())
    key = found[1]
    parent, _, leaf = key.rpartition(".")
    kept = [text for text in overrides if not text.lstrip("+~").startswith(f"{key}=")]
    try:
        near = OmegaConf.select(composed(kept, name), parent) if parent else KNOWN[name] - {"choices"}
    except UserError:
        near = []
    words = f" in {parent}" if parent else ""
    return f"there is no key '{leaf}'{words}{nearest(leaf, [str(k) for k in near or []])}"


def reject_unknown_keys(config: DictConfig, known: set[str]) -> None:
    """Hydra turns a misspelt `+group=option` into a plain key and trains the default. Not here."""
    for key in set(config) - known:
        raise UserError(f"there is no key '{key}'{nearest(str(key), known - {'choices'})}")
    for key in known - set(config):
        raise UserError(f"'{key}' is needed: do not remove it")


def every_choice(overrides: Sequence[str]) -> Iterator[list[str]]:
    """What a sweep will compose, each choice of each key once: enough to find what is misspelt before it starts."""
    swept = {text: list(sweep_values(parse(text))) for text in overrides}
    first = [values[0] for values in swept.values()]
    yield first
    for place, values in enumerate(swept.values()):
        for value in values[1:]:
            yield [*first[:place], value, *first[place + 1 :]]


def sweep_values(override: Override) -> Iterator[str]:
    if override.is_discrete_sweep():
        for value in override.sweep_string_iterator():
            yield f"{override.get_key_element()}={value}"
    else:
        yield override.input_line


def load(path: Path) -> DictConfig:
    """A run's config.yaml."""
    register()
    try:
        return OmegaConf.create(yaml.safe_load(path.read_text()))
    except (yaml.YAMLError, OSError) as error:
        raise UserError(f"cannot read {path}: {' '.join(str(error).split())}") from None


def change(config: DictConfig, word: str) -> None:
    """Set one key of a run's own configuration; UserError where it has no such key."""
    override = parse(word)
    key = override.key_or_group
    parent, _, leaf = key.rpartition(".")
    known = OmegaConf.select(config, parent) if parent else config
    if not isinstance(known, DictConfig) or leaf not in known:
        raise UserError(f"the run has no key '{key}'{nearest(leaf, map(str, known or []))}")
    OmegaConf.update(config, key, override.value())
