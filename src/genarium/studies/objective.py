"""Objective of a search: a measured number, what a run must be told so that it is measured, and its value in a run."""

import math
import re
from dataclasses import dataclass

from genarium.errors import UserError, nearest
from genarium.metrics.catalog import CATALOG, GROUPS, HIGHER, LOWER, better
from genarium.runs.run import Run

MINIMIZE, MAXIMIZE = "minimize", "maximize"
COSTS = {"seconds": MINIMIZE, "parameters": MINIMIZE, "peak_memory": MINIMIZE, "images_per_second": MAXIMIZE}
"""Numbers of result.json that a search may follow too."""
DIRECTIONS = {LOWER: MINIMIZE, HIGHER: MAXIMIZE}
LOGGED = ("val/", "train/", "selection/")
"""What a run logs by itself."""
SETTINGS = "callbacks.evaluate.evaluation"
SEED = 1000
"""Of a search's evaluations; reported numbers have another."""
PROTOCOL = re.compile(r"(?P<count>\d+k?)(_(?P<split>train|val|test))?$")
EXTRACTORS = {"inception": "inception-v3-compat"}
OF_FEATURES = {"samples", "memorization", "classes"}
MEASURES = {"Samples": "samples", "Memorization": "memorization", "Modes": "modes",
            "Reconstructions": "reconstructions", "Translations": "translations", "Codes": "codes",
            "Maps": "maps", "Classification": "classification"}  # fmt: skip


@dataclass(frozen=True)
class SearchObjective:
    """A number by its reported name, such as `fd/efficientnet_lite0/500_val`, `mig/val`, `val/loss` or `seconds`;
    `direction` is minimize or maximize; `checkpoint` is last, or best: the best value that the run logged."""

    name: str
    direction: str
    checkpoint: str = "last"

    @classmethod
    def read(cls, name: str, direction: str = "auto", checkpoint: str = "last") -> "SearchObjective":
        """UserError for a number that there is not, or that neither direction makes better."""
        head = name.partition("/")[0]
        if name not in COSTS and not name.startswith(LOGGED) and head not in CATALOG:
            raise UserError(f"objective={name}: no such number is measured{nearest(head, [*CATALOG, *COSTS])}")
        if CATALOG.get(head) in GROUPS["Anomaly detection"]:
            raise UserError(f"objective={name}: anomalies are test images, which no search may see; write val/loss")
        if "test" in re.split(r"[/_]", name):
            raise UserError(f"objective={name}: the test images are for reported numbers; write {name[:-4]}val")
        known = COSTS.get(name) or DIRECTIONS.get(better(name))
        if direction == "auto" and not known:
            raise UserError(
                f"objective={name}: the number describes and does not rank; say direction=minimize or maximize"
            )
        return cls(name, known if direction == "auto" and known else direction, checkpoint)

    @property
    def is_cost(self) -> bool:
        return self.name in COSTS

    @property
    def series(self) -> str:
        """Name in a run's metrics.csv."""
        return self.name if self.name.startswith(LOGGED) else f"selection/{self.name}"

    @property
    def measure(self) -> str | None:
        """The part of an evaluation that gives it; None for what a run logs anyway."""
        metric = self.name.removeprefix("selection/").partition("/")[0]
        if self.is_cost or self.name.startswith(("val/", "train/")):
            return None
        if metric == "intra_fd":
            return "classes"
        group = next(group for group, metrics in GROUPS.items() if metric in [one.name for one in metrics])
        return MEASURES[group]

    def words(self) -> list[str]:
        """Settings of the evaluation during training that gives the number under this name."""
        if self.measure is None:
            return []
        if "/" not in self.name.removeprefix("selection/"):
            raise UserError(
                f"objective={self.name} says nothing of its protocol: write the whole name, such as mig/val or "
                "fd/efficientnet_lite0/500_val"
            )
        _, *middle, last = self.name.removeprefix("selection/").split("/")
        found = PROTOCOL.match(last)
        words = [f"{SETTINGS}.measures=[{self.measure}]", f"{SETTINGS}.seed={SEED}"]
        if found:
            count = int(found["count"].replace("k", "000"))
            words += [f"{SETTINGS}.num_samples={count}"]
            words += [f"{SETTINGS}.reference_split={found['split']}"] if found["split"] else []
        elif last in ("train", "val"):
            words += [f"{SETTINGS}.heldout_split={last}"]
        if middle:
            words += [f"{SETTINGS}.extractor.name={EXTRACTORS.get(middle[0], middle[0].replace('_', '-'))}"]
        elif self.measure not in OF_FEATURES:
            words += [f"{SETTINGS}.extractor=none"]
        return words

    def value(self, run: Run) -> float:
        """In a run that has ended; UserError where it was never logged, or is not finite."""
        if self.is_cost:
            found = run.result().get(self.name)
            value = float(sum(found.values())) if isinstance(found, dict) else found
        else:
            _, ys = run.series().get(self.series, ([], []))
            finite = [y for y in ys if math.isfinite(y)]
            best = (min if self.direction == MINIMIZE else max)(finite, default=None)
            value = best if self.checkpoint == "best" else (ys[-1] if ys else None)
        if value is None:
            logged = [name.removeprefix("selection/") for name in run.series()]
            raise UserError(f"{run.folder.name} never measured {self.name}{nearest(self.name, logged)}")
        if not math.isfinite(value):
            raise UserError(f"{self.name} is {value} in {run.folder.name}")
        return float(value)
