"""Values of the right type and in their range: one sentence for each that is not."""

from collections.abc import Iterator, Mapping
from typing import Any

from genarium.config import conf_groups
from genarium.config.ranges import rule_of
from genarium.config.rules import Rule, elements, shown, unsettled
from genarium.errors import UserError, nearest

MISSING = object()
OF_TYPE = {bool: Rule("switch"), int: Rule("whole"), float: Rule("number"), str: Rule("text")}
FIXED = (".betas", ".background", ".shape")
"""Lists whose every place has a meaning."""


def check(config: Mapping[str, Any], shipped: Mapping[str, Any]) -> None:
    """Refuse each value of `config`, a plain dictionary, that does not fit; what still holds ${…} is not looked at.

    `shipped` is the same configuration before anybody changed a value: what is not in the table of ranges has its type.
    """
    for key, value in [*holders(config), *leaves(config)]:
        check_value(key, value, at(shipped, key))


def check_value(key: str, value: Any, shipped: Any = MISSING) -> None:
    """Refuse a value that `key` cannot have; `shipped` is the one that it replaces."""
    if value is None and (shipped is None or isinstance(shipped, Mapping)):
        return  # a part that is left out
    if unsettled(shipped):
        shipped = MISSING
    if isinstance(shipped, Mapping) and shipped and not isinstance(value, Mapping) and not unsettled(value):
        raise UserError(f"{key}={shown(value)}: holds keys, and is no value: {instead(key, value, shipped)}")
    rule = rule_of(key)
    if rule is None or (shipped is not MISSING and not all(map(rule.fits, each(shipped)))):
        rule = of_type(shipped)
    if rule is None or rule.kind == "anything" or unsettled(value):
        return
    if isinstance(value, Mapping):
        if shipped is MISSING or shipped is None or isinstance(shipped, Mapping):
            return
        raise UserError(f"{key} holds keys: it must be {rule.meaning}, such as {key}={shown(shipped)}")
    many, known = elements(value), elements(shipped)
    if (known is None and shipped is not MISSING) or (many is None and shipped is MISSING):
        if not rule.fits(value):
            raise UserError(f"{key}={shown(value)}: must be {rule.meaning}{hint(value, rule)}")
    elif many is None or not all(map(rule.fits, many)) or (known and key.endswith(FIXED) and len(many) != len(known)):
        such = f", such as '{key}={shown(known)}'" if known else ""
        raise UserError(f"{key}={shown(value)}: must be a list, each of it {rule.meaning}{such}")


def each(value: Any) -> list[Any]:
    """The elements of a list, or the one value."""
    found = elements(value)
    return [value] if found is None else list(found)


def instead(key: str, value: Any, shipped: Mapping[str, Any]) -> str:
    """What to set where `value` was meant for all that `key` holds: an option of a group, or one of its keys."""
    group = key.replace(".", "/")
    if conf_groups.is_group(group) and value in conf_groups.choices(group):
        return f"write {group}={value}"
    inner = [name for name in shipped if name[:1] != "_"] or ["KEY"]
    return f"set {key}.{inner[0]}=… or another of them"


def holders(node: Mapping[str, Any], key: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, what it holds) of each key that holds others."""
    for name, value in node.items():
        if isinstance(value, Mapping):
            path = f"{key}.{name}" if key else str(name)
            yield path, value
            yield from holders(value, path)


def leaves(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of each value that is no dictionary; of lists, those of plain values."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from leaves(value, f"{key}.{name}" if key else str(name))
    elif not any(isinstance(one, Mapping | list) for one in elements(node) or ()):
        yield key, node


def at(node: Any, key: str) -> Any:
    """Value at a dotted key, or MISSING."""
    for name in key.split("."):
        if not isinstance(node, Mapping) or name not in node:
            return MISSING
        node = node[name]
    return node


def of_type(shipped: Any) -> Rule | None:
    """The type of the value, or of a list's first."""
    first = (elements(shipped) or [None])[0] if elements(shipped) is not None else shipped
    return None if unsettled(first) else OF_TYPE.get(type(first))


def hint(value: Any, rule: Rule) -> str:
    """Suggestion of what was meant, where it can be guessed."""
    if rule.kind == "whole" and isinstance(value, float) and value.is_integer():
        return f", such as {int(value)}"
    words = [choice for choice in rule.choices if isinstance(choice, str)]
    return nearest(value, words).partition("; choose")[0] if isinstance(value, str) and words else ""
