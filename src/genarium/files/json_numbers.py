"""NaN and infinities in JSON, which has no word for them: written as the texts "nan", "inf" and "-inf"."""

import math
from collections.abc import Mapping
from typing import Any


def as_json(value: Any) -> Any:
    """JSON-safe copy: numbers that are not finite become text."""
    if isinstance(value, Mapping):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def with_values(result: Any) -> Any:
    """A result.json whose evaluated numbers, and their parts, are numbers again where they are written as texts."""
    entries = result.get("numbers") if isinstance(result, dict) else None
    for entry in entries.values() if isinstance(entries, dict) else ():
        if isinstance(entry, dict):
            entry |= {"value": number(entry["value"])} if "value" in entry else {}
            parts = entry.get("parts")
            entry |= {"parts": {k: number(v) for k, v in parts.items()}} if isinstance(parts, dict) else {}
    return result


def number(value: Any) -> Any:
    return float(value) if value in ("nan", "inf", "-inf") else value
