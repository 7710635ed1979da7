"""Type checks of result.json: a field of another type is left out with a note, so that no run hides the others."""

import math
from collections.abc import Callable, Iterable
from typing import Any

TEXTS = ("status", "error", "name", "group", "model", "data", "device", "precision")
COUNTS = ("images_seen", "seconds", "images_per_second", "energy_joules")


def sound(result: Any) -> tuple[dict[str, Any], list[str]]:
    """(valid fields of `result`, a remark for each invalid one: 'numbers is a list')."""
    if not isinstance(result, dict):
        return {}, [f"it is {a(result)} where a table of keys should be"]
    kept, odd = {}, []
    for key, value in result.items():
        fine, wrong = CHECKS.get(key, _anything)(value)
        kept[key] = fine
        odd += [" ".join([f"{key}{place}", what]) for place, what in wrong]
    return kept, odd


def value_of(value: Any) -> Any:
    """A number as it was measured: JSON has no NaN and no infinity, so that these may be written as text."""
    try:
        return float(value) if isinstance(value, str) and not math.isfinite(float(value)) else value
    except ValueError:
        return value


def a(value: Any) -> str:
    """JSON's type of a value, with its article: 'a list', 'null', …"""
    if value is None:
        return "null"
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")


Wrong = list[tuple[str, str]]  # where below the key, what is there
Checked = tuple[Any, Wrong]


def _anything(value: Any) -> Checked:
    return value, []


def _text(value: Any) -> Checked:
    if isinstance(value, str | int | float) or value is None:
        return None if value is None else str(value), []
    return None, [("", f"is {a(value)}")]


def _number(value: Any) -> Checked:
    number = value_of(value)
    if value is None or (isinstance(number, int | float) and not isinstance(number, bool)):
        return number, []
    return None, [("", f"is {a(value)}")]


def _count(value: Any) -> Checked:
    number, wrong = _number(value)
    return (number if number is not None and math.isfinite(number) else None), wrong


def _table(of: Callable[[Any], Checked]) -> Callable[[Any], Checked]:
    def check(value: Any) -> Checked:
        if value is None:
            return {}, []
        if not isinstance(value, dict):
            return {}, [("", f"is {a(value)}")]
        found = {key: of(part) for key, part in value.items()}
        kept = {key: fine for key, (fine, wrong) in found.items() if fine is not None or not wrong}
        return kept, list(_below(found.items()))

    return check


def _below(found: Iterable[tuple[str, Checked]]) -> Iterable[tuple[str, str]]:
    return ((f".{key}{place}", what) for key, (_, wrong) in found for place, what in wrong)


def _entry(value: Any) -> Checked:
    """A number with its images and protocol; a bare number (an old run's) has none."""
    if not isinstance(value, dict):
        return _number(value)
    parts = {"value": _number, "images": _count, "protocol": _text, "parts": _table(_number)}
    found = {key: check(value[key]) for key, check in parts.items() if key in value}
    wrong = list(_below(found.items()))
    return value | {key: fine for key, (fine, _) in found.items()}, wrong


CHECKS: dict[str, Callable[[Any], Checked]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(COUNTS, _count),
    "peak_memory": _table(_count),
    "parameters": _table(_count),
    "git": _table(_anything),
    "versions": _table(_anything),
    "numbers": _table(_entry),
    "protocols": _table(_table(_anything)),
}
