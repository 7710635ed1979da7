"""What a metric returns: named numbers, and what a reader must know before trusting them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Numbers by short name, to which the evaluation adds the extractor and the sample counts; `number/part` is a part
    of a number that comes before it."""

    values: dict[str, float]
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def __or__(self, other: "Result") -> "Result":
        """Both metrics' numbers; a warning that both give is kept once."""
        return Result(self.values | other.values, tuple(dict.fromkeys(self.warnings + other.warnings)))
