"""Hydra's grammar of one override, and what to write in place of a word that it cannot read."""

import re
import shlex

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, Quote, QuotedString
from hydra.errors import HydraException

from genarium.config import conf_groups
from genarium.config.ranges import rule_of
from genarium.config.suggest import no_option
from genarium.errors import UserError

WORD = re.compile(r"(\+{0,2})([^=\s+~][^=]*)=(.*)$", re.S)
LONGEST = 256
"""Letters of a key: Hydra looks for a folder that is called so."""
PLAIN = re.compile(r"[^\\`\"$!]*$")
"""Text that stands between double quotes in a shell as it is."""


def parse(word: str) -> Override:
    """Hydra's override of a word; UserError, with the word quoted, where its grammar cannot read it."""
    if override := read(word):
        return override
    found = WORD.match(word)
    if found and conf_groups.is_choice(word):
        raise UserError(no_option(found[2], found[3], conf_groups.choices(found[2].partition("@")[0])))
    raise UserError(f"cannot read '{word}': {remedy(word)}")


def read(word: str) -> Override | None:
    """Hydra's override of a word, or None where it has none."""
    try:
        override = OverridesParser.create().parse_overrides([word])[0]
    except (HydraException, ValueError, RecursionError):
        return None
    return override if 0 < len(override.key_or_group) < LONGEST else None


def remedy(word: str) -> str:
    found, rule = WORD.match(word), rule_of(word.partition("=")[0].lstrip("+"))
    if not found:
        named = [f"{group}={word}" for group in conf_groups.GROUPS if word in conf_groups.choices(group)]
        return f"write {named[0]}" if named else "write key=value, with one = between them"
    if not read(f"{found[2]}=1"):
        return f"'{found[2]}' is no key, as seed, model.beta and model/encoder are"
    if rule and rule.kind in ("whole", "number", "switch", "choice"):
        return f"{found[2]} must be {rule.meaning}"
    return f"write {in_shell(found[1] + found[2], found[3])}"


def in_shell(key: str, text: str) -> str:
    """Shell word that sets `key` to `text`, quoted where needed."""
    word = f"{key}={quoted(text)}"
    return f'"{word}"' if PLAIN.match(word) else shlex.quote(word)


def quoted(text: str) -> str:
    return QuotedString(text, Quote.single).with_quotes()
