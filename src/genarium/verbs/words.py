"""key=value words of the small verbs, and what their help says of the configuration."""

from collections.abc import Sequence
from typing import Any

import yaml

from genarium.compose import choices
from genarium.errors import UserError, nearest


def keyed(args: Sequence[str], defaults: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """(`defaults` with the key=value words of `args` in, the other words); UserError for an unknown key, or for a value
    of another type than the default's."""
    values, rest = dict(defaults), []
    for word in args:
        key, equals, text = word.partition("=")
        if not equals:
            rest.append(word)
        elif key not in defaults:
            raise UserError(f"there is no key '{key}'{nearest(key, defaults)}")
        else:
            values[key] = typed(key, text, defaults[key])
    return values, rest


def typed(key: str, text: str, default: Any) -> Any:
    if not isinstance(default, int):
        return text
    try:
        value = yaml.safe_load(text.replace("_", ""))
    except yaml.YAMLError:
        value = None
    if type(value) is not type(default):
        raise UserError(f"{key}={text}: must be {'true or false' if isinstance(default, bool) else 'a whole number'}")
    return value


def listed(group: str) -> str:
    """`  option   what it is`, a line each."""
    found = choices(group)
    width = max(map(len, found), default=0)
    return "\n".join(f"  {name:<{width}}  {what}" for name, what in found.items())
