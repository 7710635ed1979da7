"""Pairs of flowers that differ in one factor, at two fixed values."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from genarium.data.source import Rendered
from genarium.data.sources import garden_painter
from genarium.data.sources.garden import FACTORS, Garden, render
from genarium.errors import UserError, nearest


class GardenPairs:
    """`count` flowers of a garden, each painted twice: `factor` at `source_value`, class 0, and at `target_value`,
    class 1; all else, the split included, is the same. So the true counterpart of each image is known."""

    name = "garden_pairs"

    def __init__(self, factor: str, source_value: float, target_value: float, **garden: Any) -> None:
        """`garden`: arguments of Garden."""
        self.garden, self.factor, self.values = Garden(**garden), factor, (source_value, target_value)
        self.val_fraction, self.test_fraction = self.garden.val_fraction, self.garden.test_fraction
        if factor not in FACTORS:
            raise UserError(f"data.factor={factor}: a flower has no such factor{nearest(factor, FACTORS)}")
        low, high = garden_painter.RANGES.get(factor, (garden_painter.PETALS[0], garden_painter.PETALS[-1]))
        for key, value in (("source_value", source_value), ("target_value", target_value)):
            if not low <= value <= high or (factor == "petals" and value != round(value)):
                kind = "a whole number" if factor == "petals" else "a number"
                raise UserError(f"data.{key}={value:g}: {factor} of a flower is {kind} from {low:g} to {high:g}")
        if source_value == target_value:
            raise UserError(f"source and target have the same {factor}, {source_value:g}: choose two values")

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(f"{self.factor} {value:g}" for value in self.values)

    def render(self, resolution: int) -> Rendered:
        """Sources, then targets in the same order, at R = `resolution`; factors are those of each image."""
        factors, count = self.garden.factors(), self.garden.count
        splits = self.garden.splits()
        parts = [factors | {self.factor: np.full(count, value)} for value in self.values]
        images = np.concatenate([render(part, resolution) for part in parts])
        both = {name: np.concatenate([part[name] for part in parts]) for name in FACTORS}
        varying = {name: values for name, values in both.items() if name not in self.garden.rest}
        return Rendered(images, np.repeat([0, 1], count), np.tile(splits, 2), varying)

    def pairs(self, names: Sequence[str], count: int) -> np.ndarray:
        """(N,) number of the flower that each image shows."""
        return np.arange(count) % self.garden.count

    def download(self) -> None:
        """Nothing to fetch."""

    def settings(self) -> dict[str, object]:
        return self.garden.settings() | {"factor": self.factor, "values": list(self.values)}
