"""Any folder of CSV files of signals, one file a person (`csv_trials.py`), split by person."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from genarium.data.source import Recorded
from genarium.data.sources.csv_trials import Trial, trials
from genarium.data.sources.listing import printable
from genarium.data.sources.splits import check_fractions, place
from genarium.data.sources.user_folder import at_home, check_folder
from genarium.errors import UserError

FEWEST = 3
"""People, one for each split."""


class SignalFolder:
    """Trials of every .csv below `path`, of `channels` channels; a person's are all in one split."""

    name = "signals"

    def __init__(self, path: str | Path, channels: int, val_fraction: float, test_fraction: float) -> None:
        check_fractions(val_fraction, test_fraction)
        self.path, self.channels = at_home(path), channels
        self.val_fraction, self.test_fraction = val_fraction, test_fraction

    def download(self) -> None:
        """Nothing: the files are the user's."""

    def files(self) -> list[Path]:
        """UserError where there are none."""
        check_folder(self.path, "CSV files")
        if found := sorted(self.path.rglob("*.csv")):
            return found
        raise UserError(f"{printable(self.path)} holds no .csv files: set data.path to a folder that does")

    def settings(self) -> dict[str, object]:
        hashed = lambda path: hashlib.sha256(path.read_bytes()).hexdigest()
        files = [[path.relative_to(self.path).as_posix(), hashed(path)] for path in self.files()]
        return {"files": files, "val_fraction": self.val_fraction, "test_fraction": self.test_fraction}

    @cached_property
    def trials(self) -> list[Trial]:
        return [trial for path in self.files() for trial in trials(path)]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The labels of all files, sorted; none where no file has a column of them."""
        return tuple(sorted({trial.label for trial in self.trials} - {""}))

    def record(self, length: int) -> Recorded:
        """UserError where trials are shorter than `length` or of several lengths, or people are too few to split."""
        size = self.samples()
        if length > size:
            raise UserError(f"trials of {printable(self.path)} have {size} samples: set data.resolution={size} or less")
        signals = np.stack([trial.values for trial in self.trials]).reshape(len(self.trials), self.channels, size)
        labels = [self.classes.index(trial.label) if self.classes else 0 for trial in self.trials]
        splits = by_person([trial.person for trial in self.trials], self.val_fraction, self.test_fraction)
        return Recorded(signals[..., :length], np.array(labels, dtype=np.int64), splits, {})

    def samples(self) -> int:
        """Samples of a channel in every trial; UserError where that is no one number."""
        sizes, where = {len(trial.values) for trial in self.trials}, printable(self.path)
        if len(sizes) > 1:
            raise UserError(f"{where} has trials of {min(sizes)} to {max(sizes)} numbers: cut them to one length")
        if self.classes and any(not trial.label for trial in self.trials):
            raise UserError(f"{where} has trials with a label and trials without: give every file the column label")
        [size] = sizes
        if size % self.channels:
            raise UserError(
                f"trials of {where} have {size} numbers, which {self.channels} channels cannot share:"
                " set data.channels to how many there are"
            )
        return size // self.channels


def by_person(people: Sequence[str], val_fraction: float, test_fraction: float) -> np.ndarray:
    """Split of each trial by whose it is: people in the order of their names' hashes are tested on, validate and train,
    one at least where its share is above 0. (N,) -> (N,) index into SPLITS; UserError for too few people."""
    known = sorted(set(people), key=place)
    if len(known) < FEWEST:
        raise UserError(
            f"these are trials of {len(known)} people, and people are split: {FEWEST} or more are needed, a file each"
            " or named in a column `person`"
        )
    share = lambda fraction: max(1, round(fraction * len(known))) if fraction else 0
    test, val = share(test_fraction), share(val_fraction)
    split = {name: 2 if i < test else 1 if i < test + val else 0 for i, name in enumerate(known)}
    if 0 not in split.values():
        raise UserError(f"val_fraction and test_fraction take all {len(known)} people: set data.val_fraction smaller")
    return np.array([split[name] for name in people], dtype=np.int64)
