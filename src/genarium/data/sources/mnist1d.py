"""MNIST-1D: ten digits drawn as one line, shifted, scaled, sheared and noisy (Greydanus & Kobak, arXiv:2011.14439)."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np

from genarium.data.source import SPLITS, Recorded
from genarium.errors import UserError


class Mnist1d:
    """`count` trials of 40 samples, four of five to train and validate, by the authors' program with their settings;
    `validation` of the former are held out."""

    name = "mnist1d"
    classes = tuple(str(digit) for digit in range(10))

    def __init__(self, count: int, validation: int, seed: int) -> None:
        self.count, self.validation, self.seed = count, validation, seed

    def settings(self) -> dict[str, object]:
        return {"count": self.count, "validation": self.validation, "seed": self.seed, "program": "mnist1d 0.0.2"}

    def download(self) -> None:
        """Nothing: the program draws the set."""

    def record(self, length: int) -> Recorded:
        """UserError where the program is not installed, or the numbers do not fit it."""
        made = drawn(self.count, self.seed)
        natural, train = made["x"].shape[1], len(made["x"])
        if length != natural:
            raise UserError(f"trials of MNIST-1D have {natural} samples: set data.resolution={natural}")
        if self.validation >= train:
            raise UserError(f"data.validation={self.validation} leaves nothing to train on: choose fewer than {train}")
        sizes = {"train": train - self.validation, "val": self.validation, "test": len(made["x_test"])}
        splits = np.repeat([SPLITS.index(name) for name in sizes], list(sizes.values()))
        signals = np.concatenate([made["x"], made["x_test"]])[:, None]
        return Recorded(signals, np.concatenate([made["y"], made["y_test"]]).astype(np.int64), splits, {})


def drawn(count: int, seed: int) -> dict[str, np.ndarray]:
    """The authors' data set, of their settings but its number of trials and its seed."""
    try:
        from mnist1d.data import get_dataset_args, make_dataset
    except ImportError:
        raise UserError("data=mnist1d needs the authors' program: pip install mnist1d") from None
    settings = {**vars(get_dataset_args()), "num_samples": count, "seed": seed}
    with same_random_numbers():
        return make_dataset(SimpleNamespace(**settings))


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Context after which the global generators, which the program seeds, go on as if it had not."""
    held, of_python = np.random.get_state(), random.getstate()  # noqa: NPY002 — it is numpy's old one that is seeded
    try:
        yield
    finally:
        np.random.set_state(held)  # noqa: NPY002
        random.setstate(of_python)
