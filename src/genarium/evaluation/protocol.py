"""What a number depends on, as plain values, and the hash that stands beside the number."""

import hashlib
import json
from collections.abc import Mapping

from genarium.metrics.result import Result

DIGITS = 10  # of the hash


def digest(terms: Mapping[str, object]) -> str:
    """The same for the same terms, in any order."""
    return hashlib.sha256(json.dumps(terms, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]


def short(count: int) -> str:
    """1000 -> 1k, 2048 -> 2048."""
    return f"{count // 1000}k" if count % 1000 == 0 and count else str(count)


class Book:
    """Numbers, each with the hash of its protocol, as result.json keeps them."""

    def __init__(self, images: int) -> None:
        """`images` seen by the weights that are measured."""
        self.images = images
        self.numbers: dict[str, dict[str, object]] = {}
        self.protocols: dict[str, dict[str, object]] = {}

    def enter(self, result: Result, names: str, terms: Mapping[str, object]) -> None:
        """Every number of `result` under `names` (with {} for its own name) and the protocol `terms`."""
        key = digest(terms)
        self.protocols[key] = dict(terms)
        for name, value in result.values.items():
            entry = {"value": float(value), "images": self.images, "protocol": key}
            self.numbers[names.format(name)] = entry | ({"warnings": list(result.warnings)} if result.warnings else {})
