"""Parser of key=value words, and help texts from the configuration."""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from genarium.config.conf_groups import choices
from genarium.config.ranges import rule_of
from genarium.config.values import check_value
from genarium.errors import UserError, nearest


def parse_key_values(
    args: Sequence[str], defaults: dict[str, Any], word_key: str = "run"
) -> tuple[dict[str, Any], list[str]]:
    """(`defaults` with the key=value words of `args` in, the other words); run=FOLDER is the word FOLDER, or whatever
    `word_key` is called. UserError for an unknown key, or for a value of another type than the default's, or out of
    its range."""
    values, rest = dict(defaults), []
    for word in args:
        key, equals, text = word.partition("=")
        if equals and key in defaults:
            values[key] = typed(key, text, defaults[key])
        elif key == word_key and text:
            rest.append(text)
        elif equals and not is_path(word):
            raise UserError(f"there is no key '{key}'{nearest(key, filter(None, [*defaults, word_key]))}")
        else:
            rest.append(word)
    return values, rest


def parse_run(
    args: Sequence[str], defaults: dict[str, Any], usage: str, known: Mapping[str, Collection[str]] | None = None
) -> tuple[dict[str, Any], str]:
    """(`defaults` with the key=value words of `args` in, the folder that run=FOLDER, or a word alone, names); UserError
    that quotes `usage` unless there is one such folder, or for a value that is not among those `known` for its key."""
    values, folders = parse_key_values([word for word in args if word != "run="], defaults)
    if len(no_options(folders)) != 1:
        raise UserError(usage)
    for key, words in (known or {}).items():
        if values[key] not in words:
            raise UserError(f"{key}={values[key]} is not known{nearest(values[key], words)}")
    return values, folders[0]


def no_options(words: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """The words; UserError where one is an option that the command does not have."""
    for word in words:
        if word.startswith("-") and not os.path.lexists(word):
            raise UserError(f"there is no option {word}{nearest(word, known) or '; --help shows what there is'}")
    return list(words)


def is_path(word: str) -> bool:
    """Whether a word is a path or a group, even one with an = in it: runs/default/vae-count=320-seed0."""
    return "/" in word.partition("=")[0] or is_there(word)


def is_there(word: str) -> bool:
    """Whether a word is the path of something that exists, or one below runs/."""
    return any(map(os.path.lexists, (os.path.expanduser(word), os.path.join("runs", word))))  # noqa: PTH111, PTH118


def typed(key: str, text: str, default: Any) -> Any:
    rule, value = rule_of(key), text
    if isinstance(default, int) and re.fullmatch(r"[+-]?\d[\d_]*", text):
        value = int(text)
    elif isinstance(default, int) and rule and rule.kind == "number" and re.fullmatch(r"[+-]?\d*\.\d+", text):
        value = float(text)
    if isinstance(default, int) or (rule and rule.kind == "choice"):
        check_value(key, value, default)
    return value


def listed(group: str) -> str:
    """Lines of a help text: `  option   description`."""
    found = choices(group)
    width = max(map(len, found), default=0)
    return "\n".join(f"  {name:<{width}}  {what}" for name, what in found.items())
