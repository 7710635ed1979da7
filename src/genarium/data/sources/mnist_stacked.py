"""Stacked MNIST (Metz et al., arXiv:1611.02163, sec. 3.3.1): three digits as the three channels, 1,000 known modes."""

import numpy as np

from genarium.data.source import Rendered
from genarium.data.sources.garden import uniforms
from genarium.data.sources.mnist import Mnist
from genarium.errors import UserError

CHANNELS = ("red", "green", "blue")
VERSION = 1  # raise it when the same digits and seed would be stacked otherwise


class StackedMnist(Mnist):
    """As many images as MNIST has digits, each of three digits of its own split, drawn independently; the label is
    100 r + 10 g + b.

    The class of a digit is drawn first, all ten equally likely, and then one of its digits: in MNIST itself some modes
    would be nearly twice as likely as others.
    """

    name = "mnist_stacked"
    classes = tuple(f"{mode:03}" for mode in range(1000))
    modes = (10, 10, 10)

    def __init__(self, seed: int, **mnist) -> None:
        super().__init__(**mnist)
        if seed < 0:
            raise UserError(f"data.dataset_seed={seed} is negative; choose 0 or more")
        self.seed = seed

    def render(self, resolution: int) -> Rendered:
        """(N, 3, R, R), each channel as in MNIST; the factors are the digits of the channels."""
        images, labels, splits, _ = super().render(resolution)
        chance = uniforms(self.seed, len(labels), 2 * len(CHANNELS))
        shown = (10 * chance[:, : len(CHANNELS)]).astype(np.int64)
        rows = chosen(shown, chance[:, len(CHANNELS) :], labels, splits)
        factors = {name: shown[:, place] for place, name in enumerate(CHANNELS)}
        modes = np.asarray(np.ravel_multi_index(tuple(shown.T), self.modes))
        return Rendered(images[rows, 0], modes, splits, factors)

    def settings(self) -> dict[str, object]:
        return super().settings() | {"seed": self.seed, "stacking": VERSION}


def chosen(shown: np.ndarray, chance: np.ndarray, labels: np.ndarray, splits: np.ndarray) -> np.ndarray:
    """Rows of digits of the classes `shown`, (N, 3), by `chance`, (N, 3) in [0, 1), from the split of each image."""
    rows = np.empty_like(shown)
    for split in np.unique(splits):
        for digit in range(10):
            known = np.flatnonzero((splits == split) & (labels == digit))
            places = (splits == split)[:, None] & (shown == digit)
            if places.any() and not len(known):
                raise UserError(f"a split of MNIST has no digit {digit} to stack: choose another data.validation")
            rows[places] = known[(chance[places] * len(known)).astype(np.int64)]
    return rows
