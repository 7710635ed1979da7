"""The embedded set: flowers painted from independent known factors, at any resolution, in any number, with no file."""

from collections.abc import Sequence

import numpy as np

from genarium.data.source import Rendered
from genarium.data.sources import garden_painter
from genarium.data.sources.splits import check_fractions, split_at
from genarium.errors import UserError, nearest

FACTORS = ("petals", *garden_painter.RANGES)


class Garden:
    """`count` flowers. Flower i depends on (`seed`, i) alone: a larger garden begins with the smaller one.

    Factors are independent and uniform: the number of petals over 3 … 8, which is also the label, the others over
    garden_painter.RANGES. `imbalance` makes flowers of most petals rarer: that class has 1/`imbalance` of the chance of
    each of the others. Factors that `rest` stay in the middle of their range, and are no factors of the set.
    """

    name = "garden"
    classes = tuple(f"{number} petals" for number in garden_painter.PETALS)

    def __init__(
        self,
        count: int,
        seed: int,
        imbalance: float = 1.0,
        val_fraction: float = 0.1,
        test_fraction: float = 0.1,
        rest: Sequence[str] = (),
    ) -> None:
        check_fractions(val_fraction, test_fraction)
        for factor in rest:
            if factor not in garden_painter.RANGES:
                raise UserError(f"data.rest has no factor '{factor}'{nearest(str(factor), garden_painter.RANGES)}")
        if count < 1 or seed < 0 or imbalance <= 0:
            raise UserError(
                f"a garden of {count} flowers, seed {seed} and imbalance {imbalance:g} cannot be drawn:"
                " count must be 1 or more, the seed 0 or more, imbalance above 0"
            )
        self.count, self.seed, self.imbalance = count, seed, imbalance
        self.val_fraction, self.test_fraction, self.rest = val_fraction, test_fraction, tuple(rest)

    @property
    def modes(self) -> tuple[int, ...]:
        """The numbers of petals; all other factors are continuous."""
        return (len(self.classes),) if self.imbalance == 1 else ()

    def factors(self) -> dict[str, np.ndarray]:
        """Factor name -> (N,): `petals` int64, the others float64."""
        chance = uniforms(self.seed, self.count, len(FACTORS) + 1)
        values = {"petals": np.asarray(garden_painter.PETALS)[pick(chance[:, 0], self.weights())]}
        for column, (name, (low, high)) in enumerate(garden_painter.RANGES.items(), start=1):
            share = 0.5 if name in self.rest else chance[:, column]
            values[name] = np.broadcast_to(low + (high - low) * share, self.count)
        return values

    def weights(self) -> np.ndarray:
        """Chance of each class, (6,), summing to 1."""
        weights = np.ones(len(self.classes))
        weights[-1] = 1 / self.imbalance
        return weights / weights.sum()

    def splits(self) -> np.ndarray:
        """(N,) index into SPLITS of each flower."""
        return split_at(uniforms(self.seed, self.count, len(FACTORS) + 1)[:, -1], self.val_fraction, self.test_fraction)

    def render(self, resolution: int) -> Rendered:
        """The whole garden; labels are the number of petals less three."""
        factors = self.factors()
        splits = self.splits()
        labels = factors["petals"].astype(np.int64) - garden_painter.PETALS[0]
        varying = {name: values for name, values in factors.items() if name not in self.rest}
        return Rendered(render(factors, resolution), labels, splits, varying)

    def download(self) -> None:
        """Nothing to fetch."""

    def settings(self) -> dict[str, object]:
        """Settings that the pixels, labels and splits depend on."""
        settings: dict[str, object] = {
            "painter": garden_painter.VERSION,
            "count": self.count,
            "seed": self.seed,
            "imbalance": self.imbalance,
            "val_fraction": self.val_fraction,
            "test_fraction": self.test_fraction,
        }
        return settings | ({"rest": sorted(self.rest)} if self.rest else {})


def render(factors: dict[str, np.ndarray], resolution: int) -> np.ndarray:
    """Flowers of any chosen factors, each (N,): for traversals and for combinations left out. -> (N, 3, R, R) uint8."""
    if set(factors) != set(FACTORS):
        odd = ", ".join(sorted(set(factors) ^ set(FACTORS)))
        raise UserError(f"a flower has the factors {', '.join(FACTORS)}, each given once; missing or unknown: {odd}")
    if resolution < 1:
        raise UserError(f"flowers cannot be painted at resolution {resolution}; choose 8 or more")
    return garden_painter.paint(factors, resolution)


def uniforms(seed: int, count: int, columns: int) -> np.ndarray:
    """Numbers in [0, 1), (count, columns), from the counter-based Philox stream: row i never depends on `count`."""
    raw = np.random.Philox(key=seed).random_raw(count * columns)
    return (raw >> np.uint64(11)).reshape(count, columns) * 2.0**-53


def pick(chance: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Index of the class that each number in [0, 1) falls into. (N,), (K,) -> (N,) int64."""
    return np.minimum(np.searchsorted(np.cumsum(weights), chance, side="right"), len(weights) - 1)
