"""Numbers, each beside the hash of its protocol, and those that cannot be had, each beside the reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from genarium.errors import UserError
from genarium.evaluation.protocol import digest
from genarium.metrics.checks import DoesNotFit
from genarium.metrics.result import Result

CANNOT = (UserError, ArithmeticError, ValueError, RuntimeError, MemoryError)
"""What a computation fails with on images that it cannot be made of; anything else is a mistake of ours."""


@dataclass(frozen=True)
class Measure:
    """One metric: the numbers that it gives, how they are found, and what they alone depend on.

    `group` is that of its settings in `evaluation.metrics`: a setting that does not fit is named by it.
    """

    gives: tuple[str, ...]
    find: Callable[[], Result]
    terms: Mapping[str, object] = field(default_factory=dict)
    group: str = ""

    def renamed(self, named: Callable[[str], str]) -> "Measure":
        """This measure with its numbers renamed."""
        return replace(self, gives=tuple(map(named, self.gives)), find=lambda: self.find().renamed(named))


class NumberBook:
    """Numbers as result.json keeps them; numbers of best.ckpt end with /best and stand beside those of last.ckpt."""

    def __init__(self, images: int, checkpoint: str = "last") -> None:
        """`images` seen by the weights that are measured, and where these are from."""
        self.images, self.suffix = images, "/best" if checkpoint == "best" else ""
        self.numbers: dict[str, dict[str, Any]] = {}
        self.protocols: dict[str, dict[str, object]] = {}
        self.left_out: dict[str, str] = {}

    def measure(self, one: Measure, names: str, terms: Mapping[str, object], warnings: tuple[str, ...] = ()) -> None:
        """Enter what a metric finds; where it finds nothing, why: no metric costs another."""
        try:
            found = one.find()
        except CANNOT as error:
            found = Result({}, left_out=dict.fromkeys(one.gives, error))
        self.enter(Result(found.values, found.warnings + warnings), names, {**terms, **one.terms})
        for name, error in found.left_out.items():
            self.leave_out((name,), names, error, one.group)

    def enter(self, result: Result, names: str, terms: Mapping[str, object]) -> None:
        """Every number of `result` under `names` (with {} for its own name) and the protocol `terms`; its parts, named
        `number/part`, beside it."""
        key = digest(terms)
        if result.values:
            self.protocols[key] = dict(terms)
        for name, value in result.values.items():
            number, _, part = name.partition("/")
            if part:
                self.numbers[self.named(number, names)].setdefault("parts", {})[part] = float(value)
                continue
            entry: dict[str, Any] = {"value": float(value), "images": self.images, "protocol": key}
            warned = {"warnings": list(result.warnings)} if result.warnings else {}
            self.numbers[self.named(name, names)] = entry | warned

    def leave_out(self, gives: tuple[str, ...], names: str, error: Exception, group: str = "") -> None:
        """Enter the reason why these numbers are missing."""
        self.left_out |= dict.fromkeys((self.named(name, names) for name in gives), reason(error, group))

    def named(self, name: str, names: str) -> str:
        return names.format(name) + self.suffix


def reason(error: Exception, group: str) -> str:
    """One sentence; a setting that does not fit is named by its key, with a value that does."""
    if isinstance(error, DoesNotFit) and group:
        return f"{error.why}: set evaluation.metrics.{group}.{error.name}={error.value}"
    return " ".join(str(error).split()) or type(error).__name__
