"""Table of runs: differing settings first, then progress, results and cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genarium.metrics import catalog
from genarium.reports import formatting
from genarium.reports.columns import Cell, Column, column, setting_column
from genarium.reports.costs import cost_columns
from genarium.reports.numbers import UNKNOWN, clashes, number_columns, numbers
from genarium.reports.run_record import RunRecord
from genarium.reports.settings import differing, follows

CHOICES = ("model", "data")
FEW = 6  # so many settings that follow from the choice of model or data are shown; more are folded away


@dataclass(frozen=True)
class Table:
    """Table of runs by columns, with notes on what is damaged, or not to be compared."""

    labels: list[str]
    columns: list[Column]
    notes: list[str]


def table(records: Sequence[RunRecord]) -> Table:
    """Differing settings, status, latest losses, evaluated numbers, costs; columns without any value are left out."""
    latest = _latest_columns(records)
    columns = [
        *setting_columns(records),
        column("status", "status", [record.status for record in records], str),
        *latest,
        *number_columns(records, taken=[one.name for one in latest]),
        *cost_columns(records),
    ]
    labels = [record.label for record in records]
    return Table(labels, [one for one in columns if not one.empty], _notes(records, latest))


def setting_columns(records: Sequence[RunRecord], keys: Sequence[str] | None = None) -> list[Column]:
    """Choices of model and data, and settings that differ, or `keys` alone; `folded` are those that follow from a
    choice."""
    settings = [record.settings for record in records]
    if keys is not None:
        return [setting_column(key, settings) for key in keys if key not in CHOICES]
    choices = {group: [record.choice(group) for record in records] for group in CHOICES}
    keys = [key for key in differing(settings) if key not in CHOICES]
    told = [key for key in keys if _told(key, settings, choices)]
    folded = {key for key in told if len(told) > FEW or key.endswith("._target_")}
    plain = [setting_column(key, settings) for key in keys if key not in folded]
    rest = [setting_column(key, settings, folded=True) for key in keys if key in folded]
    chosen = [column(group, "setting", values, str) for group, values in choices.items() if len(set(values)) > 1]
    return [*chosen, *plain, *rest]


def _told(key: str, settings: Sequence[dict[str, Any]], choices: dict[str, list[str | None]]) -> bool:
    group = key.split(".")[0]
    return group in choices and follows(key, settings, choices[group])


def latest_names(records: Sequence[RunRecord]) -> list[str]:
    """Numbers that a search or a checkpoint follows, then validation series, or the training's where no run was
    validated."""
    names = dict.fromkeys(name for record in records for name in record.series if is_tabled(name))
    validated = [name for name in names if name.startswith("val/")]
    return [*filter(is_followed, names), *(validated or [name for name in names if name.startswith("train/")])]


def is_tabled(name: str) -> bool:
    """Whether a table can hold a logged series: one of one slash, not one per latent; of selection those that rank."""
    return is_followed(name) or (name.count("/") == 1 and not name.startswith("selection/"))


def is_followed(name: str) -> bool:
    return name.startswith("selection/") and catalog.better(name) != catalog.NEITHER


def _latest_columns(records: Sequence[RunRecord]) -> list[Column]:
    """The last finite value of these series."""
    return [
        Column(name, "number", tuple(_latest(record, name) for record in records)) for name in latest_names(records)
    ]


def _latest(record: RunRecord, name: str) -> Cell:
    values, last = record.series.get(name, ([], []))[1], last_finite(record, name)
    if last is None:
        return Cell(values[-1], str(values[-1])) if values else Cell()
    broken = "" if math.isfinite(values[-1]) else f" (then {values[-1]})"
    return Cell(last, formatting.number(last) + broken)


def last_finite(record: RunRecord, name: str) -> float | None:
    """The last finite value of a series; None where there is none."""
    return next((value for value in reversed(record.series.get(name, ([], []))[1]) if math.isfinite(value)), None)


def _notes(records: Sequence[RunRecord], latest: Sequence[Column]) -> list[str]:
    found = [problem for record in records for problem in record.problems] + clashes(records)
    if any(not entry.get("protocol") for record in records for entry in numbers(record).values()):
        found.append(f"A number under “{UNKNOWN}” does not say how it was measured; evaluate its run again.")
    return found + [
        f"{one.name} is each model's own objective: it compares runs of one model only."
        for one in latest
        if one.name.endswith("/loss") and _models(records, one) > 1
    ]


def _models(records: Sequence[RunRecord], measured: Column) -> int:
    """Number of models among the runs with a value."""
    pairs = zip(records, measured.cells, strict=True)
    return len({record.choice("model") for record, cell in pairs if cell.value is not None})
