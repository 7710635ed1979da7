"""Overrides on the command line: free text in them, their values, and how they are typed.

A key of free text (a name, a path: `ranges.py` says which) takes what follows the first `=` as it was typed: 007, null,
C#, x,y and ~/pictures need no quotes but the shell's.
"""

import os
import re
import shlex
from collections.abc import Iterator

import yaml
from hydra.core.override_parser.types import Glob, Override

from genarium.config.grammar import WORD, parse, quoted
from genarium.config.ranges import rule_of
from genarium.config.rules import shown
from genarium.errors import UserError, nearest

SWEEPS = re.compile(r"(choice|range|glob|shuffle|sort|tag|interval|extend_list)\s*\(.*\)$", re.S)


def typed(override: Override) -> str:
    """Its value without quotes."""
    value = override.value()
    return value if isinstance(value, str) else override.get_value_string()


def as_typed(word: str) -> str:
    """A word as one types it in a shell, of what `readable` made of it."""
    override = parse(word)
    value = override.value() if not override.is_sweep_override() and not override.is_delete() else None
    plain = isinstance(value, str) and (known := rule_of(override.key_or_group)) is not None and known.is_text
    text = f"{override.get_key_element()}={value}" if plain else word
    return text if shlex.quote(text) == text else in_shell_quotes(text)


def in_shell_quotes(text: str) -> str:
    return f"'{text}'" if "'" not in text else shlex.quote(text)


def readable(word: str, sweep: bool = False) -> str:
    """`word` with the value of a key of free text between quotes, its ~ expanded; with `sweep`, each of its values."""
    found = WORD.match(word)
    if not found:
        return word
    known = rule_of(found[2].partition("@")[0])
    if found[3] == "none" and "." in found[2] and not (known and known.fits("none")):
        return f"{found[1]}{found[2]}=null"  # nothing here
    if not known or not known.is_text:
        return word
    key, value = found[1] + found[2], found[3]
    if sweep and SWEEPS.match(value):
        return word
    convert = lambda text: as_text(text, known.kind == "path", known.null)
    if known.kind == "texts" or (sweep and value[:1] == "["):
        inner = value[1:-1] if value[:1] == "[" and value[-1:] == "]" else None
        return word if inner is None else f"{key}=[{','.join(convert(part.strip()) for part in pieces(inner))}]"
    values = pieces(value) if sweep else [value]
    return f"{key}={','.join(map(convert, values))}"


def as_text(text: str, is_path: bool, null: bool) -> str:
    """Quoted value, its ~ expanded for a path; an interpolation as it is; null for none, where `null` is allowed."""
    if null and text.lower() in ("null", "none"):
        return "null"
    if "${" in text:
        return text
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = str(parse(f"x={text}").value())
    return quoted(os.path.expanduser(text) if is_path else text)  # noqa: PTH111, which leaves what is nobody's home


def pieces(text: str) -> list[str]:
    """`text` cut at its commas, those between quotes or brackets left alone."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        depth += (letter in "[({") - (letter in "])}") if not quote else 0
        if letter == "," and not quote and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def expanded(word: str, options: dict[str, str]) -> str:
    """Values of a word that sweeps, as a plain list; `options` are those of its group."""
    override = parse(word)
    if not override.is_sweep_override():
        return word
    key = override.get_key_element()
    if not override.is_discrete_sweep():
        raise UserError(
            f"{word} names no values: a grid needs them, such as {key}=1,2,4, and a search takes it: add "
            "hydra/sweeper=optuna"
        )
    if isinstance(override._value, Glob):
        values = override._value.filter(sorted(options))
        if not values:
            raise UserError(f"{word} fits no {key}{nearest('*', options)}")
    else:
        values = list(override.sweep_string_iterator())
    return f"{key}={','.join(values)}"


def values_of(word: str) -> list[str]:
    """The words of the jobs that a word stands for: `seed=0,1` for seed=0 and seed=1."""
    override = parse(word)
    if not override.is_sweep_override():
        return [word]
    return [f"{override.get_key_element()}={value}" for value in override.sweep_string_iterator()]


def flat(group: str, text: str) -> str:
    """Words that set the same keys as a dictionary for a whole group: model.latent_dim=8 model.beta=2.0."""
    try:
        found = yaml.safe_load(re.sub(r"(?<=[\w'\"]):(?=\S)", ": ", text))
    except yaml.YAMLError:
        found = None
    return " ".join(flattened(group.lstrip("+"), found)) if found and isinstance(found, dict) else f"{group}.KEY=VALUE"


def flattened(key: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flattened(f"{key}.{name}", inner)
    else:
        yield f"{key}={shown(value)}"
