"""Rules of values: kind, minimum, maximum, and their description."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

KINDS = {
    "whole": "a whole number",
    "number": "a number",
    "switch": "true or false",
    "text": "text",
    "texts": "text",
    "path": "a path",
}


@dataclass(frozen=True)
class Rule:
    """`kind`: one of KINDS, choice (of `choices`), or anything; texts are a list of texts."""

    kind: str
    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf  # larger than this
    below: float = math.inf  # smaller than this
    choices: tuple[object, ...] = ()
    null: bool = False  # may also be none
    endless: bool = False  # may also be inf

    @property
    def is_text(self) -> bool:
        return self.kind in ("text", "texts", "path")

    def fits(self, value: Any) -> bool:
        if unsettled(value) or (value is None and self.null) or self.kind == "anything":
            return True
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "choice":
            return any(value == choice and type(value) is type(choice) for choice in self.choices)
        if self.is_text:
            return isinstance(value, str) and can_be_written(value)
        if isinstance(value, bool) or not isinstance(value, int if self.kind == "whole" else int | float):
            return False
        if math.isinf(value):
            return self.endless and value > 0
        return self.least <= value <= self.most and self.above < value < self.below

    @property
    def meaning(self) -> str:
        """In words: 'a whole number, 1 or more'."""
        if self.kind == "choice":
            words = list(map(shown, self.choices))
            return " or ".join([", ".join(words[:-1]), words[-1]])
        bounds = []
        if self.least > -math.inf:
            bounds.append(f"{self.least:g} or more" if self.most == math.inf else f"{self.least:g} to {self.most:.10g}")
        if self.above > -math.inf:
            bounds.append(f"more than {self.above:g}")
        if self.below < math.inf:
            bounds.append(f"less than {self.below:g}")
        words = [KINDS[self.kind], *([" and ".join(bounds)] if bounds else [])]
        return ", ".join([*words, *["or none"] * self.null, *["or inf"] * self.endless])


def unsettled(value: Any) -> bool:
    """Whether a value holds interpolations, ${…}, or is yet to be given."""
    return isinstance(value, str) and ("${" in value or value == "???")


def can_be_written(text: str) -> bool:
    """Not empty, no control characters, and in UTF-8."""
    return bool(text.strip()) and not any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in text)


def shown(value: Any) -> str:
    """As one types it."""
    if isinstance(value, list | tuple):
        return f"[{','.join(map(shown, value))}]"
    if isinstance(value, bool | None):
        return {True: "true", False: "false", None: "none"}[value]
    return str(value).replace("\n", "\\n")


def whole(least: int, most: float = math.inf, null: bool = False) -> Rule:
    return Rule("whole", least=least, most=most, null=null)


def above(limit: float, endless: bool = False) -> Rule:
    return Rule("number", above=limit, endless=endless)


def at_least(limit: float, most: float = math.inf) -> Rule:
    return Rule("number", least=limit, most=most)


def one_of(*choices: object) -> Rule:
    return Rule("choice", choices=choices)


def named(words: str, rule: Rule) -> dict[str, Rule]:
    return dict.fromkeys(words.split(), rule)


def elements(value: Any) -> Sequence[Any] | None:
    """Elements of a list or tuple; None for any other value."""
    return value if isinstance(value, list | tuple) else None
