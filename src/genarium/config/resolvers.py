"""Resolvers of the YAML files: fractions of the budget, and the default name of a run."""

import re
import zlib

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf

from genarium.config.grammar import parse
from genarium.config.overrides import typed

UNNAMED = (
    "model",
    "data",
    "seed",
    "total_images",
    "name",
    "group",
    "resume",
    "logger",
    "trainer",
    "callbacks",
    "hydra",
)
"""Overrides that do not show in a run's default name, or show in a place of their own."""
UNNAMED_BELOW = ("logger.", "trainer.", "callbacks.", "hydra.", "data.root", "data.cache")


def fraction(total_images: int, part: float) -> int:
    """At least one image."""
    return max(1, round(int(total_images) * float(part)))


def run_name() -> str:
    """model-data-changed=values-seedN: the same for the same command."""
    hydra = HydraConfig.get()
    changed = [parse(text) for text in hydra.overrides.task]
    words = [f"{o.key_or_group.split('.')[-1]}={'none' if o.is_delete() else typed(o)}" for o in changed if shows(o)]
    seeds = [typed(o) for o in changed if o.key_or_group == "seed"]
    parts = [hydra.runtime.choices["model"], hydra.runtime.choices["data"], *words, f"seed{seeds[-1] if seeds else 0}"]
    return cut(re.sub(r"[^\w.=,+-]+", "_", "-".join(parts)))


def cut(name: str, longest: int = 180) -> str:
    """`name`, ended by a hash of itself where it has more bytes than a folder's name should."""
    if len(name.encode()) <= longest:
        return name
    return name.encode()[: longest - 9].decode(errors="ignore") + f"-{zlib.crc32(name.encode()):08x}"


def shows(override: Override) -> bool:
    key = override.key_or_group
    return key not in UNNAMED and not key.startswith(UNNAMED_BELOW)


def register() -> None:
    """Resolvers that the YAML files use."""
    OmegaConf.register_new_resolver("fraction", fraction, replace=True)
    OmegaConf.register_new_resolver("times", lambda a, b: int(a) * int(b), replace=True)
    OmegaConf.register_new_resolver("plus", lambda a, b: int(a) + int(b), replace=True)
    OmegaConf.register_new_resolver("run_name", run_name, replace=True)
