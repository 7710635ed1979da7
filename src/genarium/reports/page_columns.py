"""Columns of a page: settings, status, series, evaluated numbers, costs and origin, as its program reads them."""

import math
from collections.abc import Sequence
from typing import Any

from genarium.metrics import catalog
from genarium.reports import formatting
from genarium.reports.columns import Column, column
from genarium.reports.costs import cost_columns
from genarium.reports.numbers import number_columns, protocols
from genarium.reports.run_record import RunRecord
from genarium.reports.settings import is_noise
from genarium.reports.short_names import short_names
from genarium.reports.table import CHOICES, latest_names, setting_columns

WORDS = {"device": "device", "trainer precision": "precision"}
SEED = "seed"  # a setting whose last word this is repeats a run


def page_columns(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """Columns in the order of the table. `shown` ones differ between runs; the others can be asked for. A column of one
    value holds it as `same`, another `values`, one per run, null where the run has none."""
    series = _series_names(records)
    status = column("status", "status", [record.status for record in records], str)
    before = [*setting_columns(records), status]
    after = [one for one in [*number_columns(records, taken=series), *cost_columns(records)] if not one.empty]
    told = {one.name for one in [*before, *after]}
    rest = [*_equal_settings(records, told), *_origin_columns(records)]
    short = short_names([*told, *series, *(one.name for one in rest)])
    terms, latest = protocols(records), latest_names(records)
    logged = [_series(name, short[name], name in latest) for name in series]
    told_of = lambda columns, shown: [_plain(one, short[one.name], terms, shown and not one.folded) for one in columns]
    return [*told_of(before, True), *logged, *told_of(after, True), *told_of(rest, False)]


def _series_names(records: Sequence[RunRecord]) -> list[str]:
    """Logged series that a table can hold: those of one slash, not one per latent."""
    names = dict.fromkeys(name for record in records for name in record.series if name.count("/") == 1)
    return sorted(names, key=lambda name: not name.startswith("val/"))


def _series(name: str, short: str, shown: bool) -> dict[str, Any]:
    better = catalog.better(name)
    return {"name": name, "short": short, "kind": "series", "better": better, "shown": shown, "tip": _defined(name)}


def _plain(one: Column, short: str, terms: dict[str, dict[str, Any]], shown: bool) -> dict[str, Any]:
    values = [_sound(cell.value) for cell in one.cells]
    late = {
        index: cell.text.partition(" ")[2] for index, cell in enumerate(one.cells) if cell.text.endswith(" images)")
    }
    same = {str(value) for value in values}
    return {
        "name": one.name, "short": short, "kind": one.kind, "unit": one.unit, "numeric": one.numeric, "shown": shown,
        "better": catalog.better(one.name) if one.kind == "number" else "neither",
        "tip": _measured(one, terms) if one.kind == "number" else "",
        **({"seed": True} if one.kind == "setting" and one.name.rpartition(".")[2] == SEED else {}),
        **({"notes": late} if late and one.kind == "number" else {}),
        **({"same": values[0]} if len(same) == 1 else {"values": values}),
    }  # fmt: skip


def _sound(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _defined(name: str) -> str:
    metric = catalog.find(name)
    return f"{metric.definition} ({metric.source})" if metric else ""


def _measured(one: Column, terms: dict[str, dict[str, Any]]) -> str:
    """Definition of a number, and every protocol that it was measured under."""
    told = [
        f"protocol {key}: " + "; ".join(f"{name} {formatting.setting(value)}" for name, value in terms[key].items())
        for key in one.protocols
        if key in terms
    ]
    return "\n".join(filter(None, [_defined(one.name), *told]))


def _equal_settings(records: Sequence[RunRecord], told: set[str]) -> list[Column]:
    """Settings on which all runs agree: for whoever looks for one, and for two runs side by side."""
    chosen = {group: [record.choice(group) for record in records] for group in CHOICES if group not in told}
    keys = dict.fromkeys(key for record in records for key in record.settings if not is_noise(key))
    equal = setting_columns(records, [key for key in keys if key not in told])
    found = [*(column(group, "setting", values, str) for group, values in chosen.items()), *equal]
    return [one for one in found if not one.empty]


def _origin_columns(records: Sequence[RunRecord]) -> list[Column]:
    """Commit, device, precision and versions."""
    results = [record.result for record in records]
    commits = [commit(result) for result in results]
    packages = dict.fromkeys(name for result in results for name in result.get("versions") or {})
    versions = {f"versions.{name}": [(r.get("versions") or {}).get(name) for r in results] for name in packages}
    words = {name: [result.get(key) for result in results] for name, key in WORDS.items()}
    found = [column(name, "origin", values, str) for name, values in {"commit": commits, **words, **versions}.items()]
    return [one for one in found if not one.empty]


def commit(result: dict[str, Any]) -> str | None:
    """First letters of the commit that a run was made with; None where it is not recorded."""
    git = result.get("git") or {}
    short = str(git.get("commit") or "")[:12]
    return short + (" with uncommitted changes" if git.get("dirty") else "") if short else None
