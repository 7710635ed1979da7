"""Model cards: family, papers and needs of every model, read from `conf/model/*.yaml`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from genarium.config.conf_groups import choices, conf_dir

FAMILIES = {
    "ae": "Autoencoders",
    "vae": "Variational autoencoders",
    "gan": "Generative adversarial networks",
    "translation": "From images to images",
    "classifier": "Classifiers",
}
OVERRIDE, NEEDS, STEPS = "override ", "needs: ", "discriminator_steps"


@dataclass(frozen=True)
class Card:
    """`title` and `papers` are of the first comment line; `lineage` is the chain of bases, from the model to its root;
    `remarks` are the comments that mention the paper."""

    name: str
    title: str
    papers: tuple[str, ...]
    lineage: tuple[str, ...]
    family: str
    needs: tuple[str, ...]
    remarks: tuple[str, ...]


def cards() -> list[Card]:
    """Every model, by family, then by name."""
    found = [card(name) for name in choices("model")]
    return sorted(found, key=lambda one: (list(FAMILIES).index(one.family), one.name))


def card(name: str) -> Card:
    title, papers = first_line(choices("model")[name])
    lineage = lineage_of(name)
    return Card(name, title, papers, lineage, family(lineage[-1]), needs(lineage), remarks(name))


def first_line(line: str) -> tuple[str, tuple[str, ...]]:
    """(title, papers) of `Title — paper; paper`."""
    title, _, sources = line.partition(" — ")
    return title, tuple(part.strip() for part in sources.split(";") if part.strip())


def lineage_of(name: str) -> tuple[str, ...]:
    """The model and its bases: `defaults: [dcgan, …]` makes `dcgan` the base."""
    base = next((entry for entry in read("model", name).get("defaults", []) if is_base(entry)), None)
    return (name, *lineage_of(base)) if base else (name,)


def is_base(entry: Any) -> bool:
    return isinstance(entry, str) and entry != "_self_"


KINDS = {"degradation": "translation", "adversarial_loss": "gan", "likelihood": "vae", "decoder": "ae"}
"""A part of a root, and the family that it tells, the first one that a root has."""


def family(root: str) -> str:
    """A root with a degradation translates images; one with an adversarial loss is a GAN, with a likelihood a VAE, with
    a decoder an autoencoder, and with none a classifier."""
    parts = chosen_parts((root,))
    return next((kind for part, kind in KINDS.items() if part in parts), "classifier")


def needs(lineage: tuple[str, ...]) -> tuple[str, ...]:
    """What a model asks for beyond images: labels and critic steps, read from its configuration, and what a line
    `# needs: …` of its file declares."""
    parts = chosen_parts(lineage)
    files = [("model", name) for name in lineage]
    files += [file for group, option in parts.items() for file in with_bases(f"model/{group}", option)]
    found = ["classes"] * any("${data.classes}" in source(*file) for file in files)
    found += next(filter(None, map(declared, lineage)), [])
    steps = next((read("model", name)[STEPS] for name in lineage if STEPS in read("model", name)), 1)
    return (*found, *([f"{steps} critic steps"] if steps > 1 else []))


def chosen_parts(lineage: tuple[str, ...]) -> dict[str, str]:
    """Group -> option, as the defaults of the lineage choose them."""
    entries = [entry for name in reversed(lineage) for entry in read("model", name).get("defaults", [])]
    pairs = [pair for entry in entries if isinstance(entry, dict) for pair in entry.items()]
    return {key.removeprefix(OVERRIDE): option for key, option in pairs}


def with_bases(group: str, option: str) -> list[tuple[str, str]]:
    """(group, option) of an option and of those that it is made of: `conv@trunk` is one of its group,
    `/model/encoder/conv@trunk` of another."""
    names = [entry.partition("@")[0] for entry in read(group, option).get("defaults", []) if is_base(entry)]
    paths = [name.strip("/") if name.startswith("/") else f"{group}/{name}" for name in names]
    pairs = [path.rpartition("/")[::2] for path in paths]
    return [(group, option), *(file for pair in pairs for file in with_bases(*pair))]


def remarks(name: str) -> tuple[str, ...]:
    """Remarks of the file's comments on the paper, each with the setting beside it."""
    return tuple(f"`{code}`: {text}" for code, text in commented(name) if re.search(r"\bpaper\b", text))


def declared(name: str) -> list[str]:
    """The text of the file's line `# needs: …`, where it has one."""
    return [text.removeprefix(NEEDS) for _, text in commented(name) if text.startswith(NEEDS)]


def commented(name: str) -> list[tuple[str, str]]:
    """(setting, comment) of every comment after the first line."""
    pairs = [line.partition("#") for line in source("model", name).splitlines()[1:]]
    return [(code.strip().rstrip(":"), text.strip()) for code, mark, text in pairs if mark]


@cache
def read(group: str, option: str) -> dict[str, Any]:
    return yaml.safe_load(source(group, option)) or {}


@cache
def source(group: str, option: str) -> str:
    return Path(conf_dir(), group, f"{option}.yaml").read_text(encoding="utf-8")
