"""What a metric returns: named numbers, and what a reader must know before trusting them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from genarium.errors import UserError


@dataclass(frozen=True)
class Result:
    """Numbers by short name, to which the evaluation adds the extractor and the sample counts; `number/part` is a part
    of a number that comes before it. `left_out`: numbers that cannot be had, and why."""

    values: dict[str, float]
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, UserError] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def __or__(self, other: "Result") -> "Result":
        """Both metrics' numbers; a warning that both give is kept once."""
        warnings = tuple(dict.fromkeys(self.warnings + other.warnings))
        return Result(self.values | other.values, warnings, {**self.left_out, **other.left_out})
