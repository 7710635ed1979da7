"""Result of a metric: named numbers, and warnings about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """Numbers by short name, to which the evaluation adds the extractor and the sample counts; `number/part` is a part
    of a number that comes before it. `left_out`: numbers that cannot be had, and why."""

    values: dict[str, float]
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, Exception] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def __or__(self, other: "Result") -> "Result":
        """Both metrics' numbers; a warning that both give is kept once.

        >>> both = Result({"psnr": 20.0}, ("few images",)) | Result({"ssim": 0.5}, ("few images",))
        >>> both.values, both.warnings
        ({'psnr': 20.0, 'ssim': 0.5}, ('few images',))
        """
        warnings = tuple(dict.fromkeys(self.warnings + other.warnings))
        return Result(self.values | other.values, warnings, {**self.left_out, **other.left_out})

    def only(self, *names: str) -> "Result":
        """These numbers alone, or why they are left out."""
        values = {name: value for name, value in self.values.items() if name in names}
        return Result(values, self.warnings, {name: why for name, why in self.left_out.items() if name in names})

    def renamed(self, named: Callable[[str], str]) -> "Result":
        values = {named(name): value for name, value in self.values.items()}
        return Result(values, self.warnings, {named(name): why for name, why in self.left_out.items()})
