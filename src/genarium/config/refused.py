"""One sentence, with a remedy, for words that Hydra refuses to compose."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from genarium.config import conf_groups, former_names, trainer_keys
from genarium.config.roots import KNOWN, commands_of, root
from genarium.errors import UserError, nearest

Composer = Callable[[Sequence[str]], DictConfig]
"""Words -> the configuration, Hydra's own keys among them."""
TWICE = "{0} is chosen already: write {0}=… without +"
GONE = "there is no {0} to take out: leave ~{0} out"
SENTENCES = (
    (r"An item is already at '([^']*)'", "{0} is there already: write {0}=… without +"),
    (r"^(\S+) appears more than once in the final defaults list", TWICE),
    (r"^Multiple values for ([^.\s]*)\.", TWICE),
    (r"^force-add of config groups is not supported: '\+\+([^=']*)", TWICE),
    (r"^Could not delete from config\. '([^']*)' does not exist", GONE),
    (r"^Could not delete '([^']*)'\. No match", GONE),
    (r"^Error merging override (.*)", "{0} does not fit what it would replace: leave it out"),
    (r"^Ambiguous value for argument '(.*)'$", "{0} names several values, where one is meant: write one of them"),
    (r"()^maximum recursion depth", "a value has too many brackets within brackets: write fewer"),
)
"""What Hydra says -> what stands in its place."""


def refused(error: Exception, overrides: Sequence[str], name: str, compose: Composer) -> str:
    """Sentence for words that `error`, Hydra's, is about, of the configuration `name`."""
    said = " ".join(str(error).split("\n")[0].split())
    if found := re.search(r"Could not override '([^']*)'", said):
        return unknown_key(found[1], overrides, name, compose)
    for pattern, sentence in SENTENCES:
        if found := re.search(pattern, said):
            return sentence.format(found[1])
    return f"cannot compose the run: {said}"


def unknown_key(key: str, overrides: Sequence[str], name: str, compose: Composer) -> str:
    if key in former_names.GROUPS:
        return f"there is no group '{key}': it is {former_names.GROUPS[key]} now"
    parent, _, leaf = key.rpartition(".")
    if parent == "trainer":
        trainer_keys.refuse(leaf)
    if root(key) not in KNOWN[name] and (takes := commands_of(root(key))):
        return f"there is no key '{root(key)}' here: it is one of {' and '.join(takes)}"
    kept = [text for text in overrides if conf_groups.is_choice(text) and key not in text]
    try:
        whole = compose(kept)
    except UserError:
        return f"there is no key '{leaf}'{f' in {parent}' if parent else ''}"
    if root(key) in KNOWN[name] and ("/" in key or "@" in key):
        return no_part(key, whole.hydra.runtime.choices)
    return no_key(key, OmegaConf.masked_copy(whole, [str(one) for one in whole if one != "hydra"]), KNOWN[name])


def no_key(key: str, config: DictConfig, roots: set[str]) -> str:
    """Sentence for a dotted key that `config`, whose root keys are `roots`, does not have."""
    held, part, near = first_unknown(key, config, roots - {"choices"})
    where = f" in {held}" if held else ""
    if now := former_names.key_now(held, part):
        return f"there is no key '{part}'{where}: it is {now} now"
    if deeper := nearest_below(held, part, config) if part == key.rpartition(".")[2] else []:
        return f"there is no key '{part}'{where}; did you mean {' or '.join(deeper[:3])}?"
    return f"there is no key '{part}'{where}{nearest(part, near)}"


def no_part(key: str, chosen: DictConfig) -> str:
    """Sentence for a group within a group that there is not, among those that are `chosen`."""
    group, top = key.partition("@")[0], root(key)
    parts = sorted(str(one) for one in chosen if str(one).startswith(f"{top}/"))
    if group in chosen:
        return f"there is no group '{key}': write {group}=…, without @"
    if not parts:
        return f"there is no group '{group}': choose {top}=…, or set a key, {top}.KEY=…"
    return f"there is no group '{group}' in {top}={chosen[top]}, which has {', '.join(parts)}"


def nearest_below(held: str, leaf: str, config: DictConfig) -> list[str]:
    """Dotted keys within what `held` names that end in `leaf`, those least deep."""
    found = keys_below(OmegaConf.select(config, held) if held else config, leaf)
    least = min((path.count(".") for path in found), default=0)
    return [f"{held}.{path}" if held else path for path in found if path.count(".") == least]


def keys_below(node: Any, leaf: str) -> list[str]:
    """Dotted keys within `node`, at any depth, that end in `leaf`."""
    items = node.items_ex(resolve=False) if isinstance(node, DictConfig) else ()
    inner = [f"{key}.{path}" for key, value in items for path in keys_below(value, leaf)]
    return [leaf, *inner] if isinstance(node, DictConfig) and leaf in node else inner


def first_unknown(key: str, config: DictConfig, roots: set[str]) -> tuple[str, str, list[str]]:
    """(what holds it, the first part of a dotted `key` that is not there, the keys that are)."""
    node: Any = config
    held, keys = [], sorted(roots)
    *parents, leaf = key.split(".")
    for part in parents:
        if part not in keys:
            return ".".join(held), part, keys
        node, held = None if OmegaConf.is_missing(node, part) else node[part], [*held, part]
        keys = list(map(str, node)) if isinstance(node, DictConfig) else []
    return ".".join(held), leaf, keys


def unresolved(error: OmegaConfBaseException) -> str:
    """Sentence for a value that is needed, or whose ${…} leads nowhere."""
    if missing := re.search(r"Missing mandatory value: (\S+)", str(error)):
        return f"say {missing[1]}=…: it is needed"
    why = str(error).partition("\n")[0].replace(" raised while resolving interpolation", "")
    return f"{error.full_key} cannot be worked out ({why}): write a value in place of ${{…}}"
