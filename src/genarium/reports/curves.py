"""Learning curves, thinned out so that a page can hold them."""

import math
from collections.abc import Sequence
from typing import Any

from genarium.reports.run_record import RunRecord

POINTS = 300  # per curve; a panel is about that many pixels wide
POINTS_OF_MANY = 80  # per curve where there are more than MANY
MANY = 400
FIRST = ("val", "train")  # groups of curves, most asked for first
LAST = ("schedule", "learning_rate", "speed")


def curves(records: Sequence[RunRecord], ids: Sequence[str]) -> list[dict[str, Any]]:
    """[{group, metrics: [{name, runs: {id: [images seen, values]}}]}], None for a value that is not finite."""
    points = POINTS if sum(len(record.series) for record in records) <= MANY else POINTS_OF_MANY
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for identity, record in zip(ids, records, strict=True):
        for name, (images, values) in record.series.items():
            metrics = groups.setdefault(group_of(name), {})
            metrics.setdefault(name, {})[identity] = [list(axis) for axis in thin(images, values, points)]
    return [
        {"group": group, "metrics": [{"name": name, "runs": runs} for name, runs in groups[group].items()]}
        for group in sorted(groups, key=_place)
    ]


def group_of(name: str) -> str:
    """'train/loss' -> 'train'; 'fd/inception/50k' -> 'fd/inception'; a bare name stands under 'other'."""
    return name.rpartition("/")[0] or "other"


def thin(images: Sequence[int], values: Sequence[float], points: int) -> tuple[list[int], list[float | None]]:
    """At most about `points` of a curve's points: of every stretch its lowest, its highest and one that is not finite,
    in order, and the last one always, so that no spike and no NaN goes missing."""
    kept = list(range(len(images)))
    if len(kept) > points:
        length = math.ceil(2 * len(kept) / points)
        stretches = [kept[start : start + length] for start in range(0, len(kept), length)]
        kept = sorted({index for stretch in stretches for index in _extremes(stretch, values)} | {kept[-1]})
    rounded = [float(f"{values[i]:.6g}") if math.isfinite(values[i]) else None for i in kept]
    return [images[i] for i in kept], rounded


def _extremes(stretch: Sequence[int], values: Sequence[float]) -> set[int]:
    finite = [index for index in stretch if math.isfinite(values[index])]
    broken = [index for index in stretch if not math.isfinite(values[index])]
    ends = {min(finite, key=lambda i: values[i]), max(finite, key=lambda i: values[i])} if finite else set()
    return ends | set(broken[:1])


def _place(group: str) -> tuple[int, str]:
    head = group.split("/")[0]
    if head in FIRST:
        return FIRST.index(head), group
    return (10 + LAST.index(head) if head in LAST else 5), group
