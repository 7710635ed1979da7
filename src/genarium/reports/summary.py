"""Runs summed up for a terminal: a row per run, or per group of runs that differ in their seed alone; best marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from genarium.metrics import catalog
from genarium.reports import formatting
from genarium.reports.columns import Column
from genarium.reports.intervals import half_width, indistinguishable
from genarium.reports.short_names import short_names
from genarium.reports.table import CHOICES, Table

FIRST = ("fid", "fd", "kid", "kd", "precision", "recall", "psnr", "ssim", "modes_covered", "negative_log_likelihood",
         "negative_elbo", "mig")  # fmt: skip
"""Numbers most asked for: they stand before the others."""
ARROWS = {catalog.LOWER: " ↓", catalog.HIGHER: " ↑", catalog.NEITHER: ""}
BEST, NEAR = "*", "≈"


@dataclass(frozen=True)
class SummaryLine:
    """One quantity of every group: its heading, texts and marks ('*' the best, '≈' not distinguishable from it)."""

    heading: str
    kind: str  # as of a column
    texts: list[str]
    marks: list[str]


def groups(shown: Table) -> dict[str, list[int]]:
    """Label -> its runs' numbers: runs that agree on all settings but seeds, where any do; else every run alone."""
    settings = [one for one in shown.columns if one.kind == "setting" and not one.folded]
    by = [one for one in settings if one.name.rpartition(".")[2] != "seed"]
    short = short_names(one.name for one in by)
    found: dict[str, list[int]] = {}
    for run in range(len(shown.labels)):
        texts = [
            one.cells[run].text if one.name in CHOICES else f"{short[one.name]}={one.cells[run].text}" for one in by
        ]
        found.setdefault(", ".join(texts) or "all runs", []).append(run)
    if len(by) == len(settings) or len(found) == len(shown.labels):
        return {label: [run] for run, label in enumerate(shown.labels)}
    return found


def lines(shown: Table, members: Sequence[Sequence[int]]) -> list[SummaryLine]:
    """Quantities in a reader's order: what differs, status where some run did not finish, numbers, costs."""
    grouped = any(len(runs) > 1 for runs in members)
    kept = [one for one in shown.columns if not one.folded and not (grouped and one.kind == "setting")]
    told = [one for one in kept if one.kind != "status" or {cell.value for cell in one.cells} != {"finished"}]
    short = short_names(one.name for one in told)
    runs = [SummaryLine("runs", "status", [str(len(one)) for one in members], [""] * len(members))] if grouped else []
    status = next(one for one in shown.columns if one.kind == "status")
    sound = [[run for run in one if status.cells[run].value != "failed"] for one in members]
    model = next((one for one in shown.columns if one.name == "model"), None)
    ranked = lambda one: [[] for _ in members] if _own_objective(one, model) else sound
    return [*runs, *(_line(one, short[one.name], members, ranked(one)) for one in sorted(told, key=_place))]


def _own_objective(column: Column, model: Column | None) -> bool:
    """Whether it is the loss of several models, each another quantity, of which none is the best."""
    pairs = zip(model.cells, column.cells, strict=True) if model and column.name.endswith("/loss") else ()
    return len({chosen.value for chosen, cell in pairs if cell.value is not None}) > 1


def _place(column: Column) -> tuple[int, int, int]:
    kind = {"setting": 0, "status": 1, "number": 2, "cost": 3}[column.kind]
    head = column.name.split("/")[0]
    ranked = catalog.better(column.name) != catalog.NEITHER
    place = FIRST.index(head) if head in FIRST else len(FIRST)
    return kind, (place if kind == 2 else 0), (0 if ranked else 1)


def _line(column: Column, short: str, members: Sequence[Sequence[int]], sound: Sequence[Sequence[int]]) -> SummaryLine:
    """`sound`: the members that may be the best, such as did not fail."""
    better = catalog.better(column.name) if column.kind == "number" else catalog.NEITHER
    texts = [_text(column, runs) for runs in members]
    return SummaryLine(f"{short}{ARROWS[better]}", column.kind, texts, _marks(column, better, sound))


def _text(column: Column, runs: Sequence[int]) -> str:
    cells = [column.cells[run] for run in runs]
    if len(cells) == 1:
        return cells[0].text
    values = _finite(column, runs)
    if column.kind in ("number", "cost") and column.numeric and values:
        if column.unit:
            return _unit(column, fmean(values))
        few = f" ({len(values)})" if len(values) < len(runs) else ""
        return formatting.mean(fmean(values), half_width(values)) + few
    texts = list(dict.fromkeys(cell.text for cell in cells))
    return texts[0] if len(texts) == 1 else ", ".join(f"{sum(c.text == one for c in cells)} {one}" for one in texts)


def _unit(column: Column, value: float) -> str:
    return {"seconds": formatting.duration, "bytes": formatting.size, "joules": formatting.energy}.get(
        column.unit, lambda number: f"{number:,.0f}"
    )(value)


def _finite(column: Column, runs: Sequence[int]) -> list[float]:
    values = [column.cells[run].value for run in runs]
    return [value for value in values if isinstance(value, int | float) and math.isfinite(value)]


def _marks(column: Column, better: str, members: Sequence[Sequence[int]]) -> list[str]:
    values = [_finite(column, runs) for runs in members]
    known = [one for one in values if one]
    if better == catalog.NEITHER or len({fmean(one) for one in known}) < 2:
        return [""] * len(members)
    best = (min if better == catalog.LOWER else max)(known, key=fmean)
    return [
        "" if not one else BEST if fmean(one) == fmean(best) else NEAR if indistinguishable(one, best) else ""
        for one in values
    ]
