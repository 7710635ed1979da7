"""Electrocardiograms of simulated people, each with a heart of its own, simulated by ECGSYN."""

import numpy as np

from genarium.data.source import Recorded
from genarium.data.sources.ecgsyn import ANGLES, ecgsyn
from genarium.data.sources.splits import check_fractions, place, split_at

RATES = (50.0, 110.0)
"""Of the hearts of people, in beats a minute, uniform."""
OF_PEOPLE, OF_TRIALS = 0.1, 0.05
"""Standard deviations of logarithms: of sizes and widths of waves over people, and of a person's rate over trials."""


class Ecg:
    """`people` with `trials` each, sampled `sampling_rate` times a second, in millivolts with `noise` (its standard
    deviation). Factor: `heart_rate` of a trial, in beats a minute. Splits are of people."""

    name = "ecg"
    classes: tuple[str, ...] = ()

    def __init__(
        self,
        people: int,
        trials: int,
        sampling_rate: float,
        noise: float,
        seed: int,
        val_fraction: float,
        test_fraction: float,
    ) -> None:
        check_fractions(val_fraction, test_fraction)
        self.people, self.trials, self.sampling_rate, self.noise = people, trials, sampling_rate, noise
        self.seed, self.val_fraction, self.test_fraction = seed, val_fraction, test_fraction

    def settings(self) -> dict[str, object]:
        return {"version": 1, **vars(self)}

    def download(self) -> None:
        """Nothing: the set is simulated."""

    def record(self, length: int) -> Recorded:
        person = np.repeat(np.arange(self.people), self.trials)
        random = np.random.default_rng(self.seed)
        own = lambda: np.exp(OF_PEOPLE * random.standard_normal((self.people, len(ANGLES))))[person]
        sizes, widths = own(), own()
        rate = random.uniform(*RATES, self.people)[person]
        rate = rate * np.exp(OF_TRIALS * random.standard_normal(len(person)))
        clean = ecgsyn(rate, sizes, widths, length, self.sampling_rate, random)
        signals = clean + self.noise * random.standard_normal(clean.shape)
        places = np.array([place(f"person {number}") for number in range(self.people)])[person]
        splits = split_at(places, self.val_fraction, self.test_fraction)
        return Recorded(signals[:, None], np.zeros(len(person), np.int64), splits, {"heart_rate": rate})
