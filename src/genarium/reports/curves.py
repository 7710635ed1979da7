"""Learning curves, thinned out and packed so that a page can hold those of a thousand runs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genarium.metrics import catalog
from genarium.reports.packing import joined, packed
from genarium.reports.run_record import RunRecord

POINTS, FEWEST = 300, 16  # per curve: as many as a panel is wide; so many at least
TOTAL = 1_600_000  # points of all curves: about 9 MB of a page
FIRST = ("val", "train")  # groups of curves, most asked for first
LAST = ("gradient_norm", "schedule", "learning_rate", "speed")


@dataclass(frozen=True)
class Curves:
    """Groups of metrics for the page's program, and the packed numbers that they point into."""

    groups: list[dict[str, Any]]  # [{group, metrics: [{name, better, runs, grids, counts}]}]
    sizes: dict[str, Any]  # lengths of the grids (float64), positions (uint32) and values (float32), in this order
    data: str


def curves(records: Sequence[RunRecord]) -> Curves:
    """Curves of all runs. A curve is its run's number, its grid's (images seen), and how many points it keeps; where
    these are fewer than the grid's, their positions in it."""
    grids: dict[tuple[int, ...], int] = {}
    points = max(FEWEST, min(POINTS, TOTAL // max(1, sum(len(record.series) for record in records))))
    metrics: dict[str, dict[str, Any]] = {}
    for run, record in enumerate(records):
        for name, (images, values) in record.series.items():
            one = metrics.setdefault(name, {"runs": [], "grids": [], "kept": [], "values": []})
            measured = np.asarray(values, dtype=float)
            kept = thin(measured, points)
            one["runs"].append(run)
            one["grids"].append(grids.setdefault(tuple(images), len(grids)))
            one["kept"].append(kept)
            one["values"].append(measured[kept])
    names = sorted(metrics, key=lambda name: (_place(group_of(name)), list(metrics).index(name)))
    return _packed([(name, metrics[name]) for name in names], list(grids))


def _packed(metrics: Sequence[tuple[str, dict[str, Any]]], grids: Sequence[tuple[int, ...]]) -> Curves:
    """The arrays in the order of the metrics, as the program reads them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    positions, values = [], []
    for name, one in metrics:
        pairs = zip(one["kept"], one["grids"], strict=True)
        positions += [kept for kept, grid in pairs if len(kept) < len(grids[grid])]
        values += one["values"]
        entry = {"name": name, "better": catalog.better(name), "runs": one["runs"], "grids": one["grids"]}
        groups.setdefault(group_of(name), []).append(entry | {"counts": [len(kept) for kept in one["kept"]]})
    x, where = joined(map(np.asarray, grids), "<f8"), joined(positions, "<u4")
    y = joined(values, "<f4")
    sizes = {"grids": [len(grid) for grid in grids], "positions": len(where), "values": len(y)}
    return Curves([{"group": key, "metrics": found} for key, found in groups.items()], sizes, packed(x, where, y))


def group_of(name: str) -> str:
    """'train/loss' -> 'train'; 'fd/inception/50k' -> 'fd/inception'; a bare name stands under 'other'."""
    return "selection" if name.startswith("selection/") else name.rpartition("/")[0] or "other"


def thin(values: np.ndarray, points: int) -> np.ndarray:
    """Positions of at most about `points` of a curve's values: of every stretch its lowest, its highest and one that is
    not finite; the last one and the last finite one always, so that no spike, no NaN and no end goes missing."""
    count = len(values)
    if count <= points:
        return np.arange(count)
    length = math.ceil(2 * count / points)
    stretches = np.pad(values, (0, -count % length), constant_values=math.nan).reshape(-1, length)
    finite = np.isfinite(stretches)
    starts = np.arange(len(stretches)) * length
    lowest = starts + np.where(finite, stretches, math.inf).argmin(1)
    highest = starts + np.where(finite, stretches, -math.inf).argmax(1)
    broken = starts + (~finite).argmax(1)
    broken = broken[~finite.all(1) & (broken < count)]
    some = finite.any(1)
    last = [count - 1, *np.flatnonzero(np.isfinite(values))[-1:]]
    return np.unique(np.concatenate([lowest[some], highest[some], broken, last]))


def _place(group: str) -> tuple[int, str]:
    head = group.split("/")[0]
    if head in FIRST:
        return FIRST.index(head), group
    return (10 + LAST.index(head) if head in LAST else 5), group
