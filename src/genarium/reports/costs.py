"""What a run cost: time, speed, size, memory, energy where its device tells."""

from collections.abc import Callable, Sequence
from typing import Any

from genarium.reports import formatting
from genarium.reports.columns import Column, column
from genarium.reports.run_record import RunRecord


def cost_columns(records: Sequence[RunRecord]) -> list[Column]:
    """A column per cost; seconds add up over resumes, memory is the largest taken at once."""
    results = [record.result for record in records]
    memory = [result.get("peak_memory") or {} for result in results]
    parameters = [sum((result.get("parameters") or {}).values()) or None for result in results]
    whole = lambda value: f"{value:,.0f}"

    def cost(name: str, values: Sequence[Any], text: Callable[[Any], str], unit: str = "") -> Column:
        return column(name, "cost", values, text, unit)

    return [
        cost("images seen", [result.get("images_seen") for result in results], formatting.number),
        cost("training time", [result.get("seconds") for result in results], formatting.duration, "seconds"),
        cost("images/s", [result.get("images_per_second") for result in results], whole, "whole"),
        cost("parameters", parameters, formatting.number),
        cost("peak memory", [one.get("resident_bytes") for one in memory], formatting.size, "bytes"),
        cost("peak device memory", [one.get("device_bytes") or None for one in memory], formatting.size, "bytes"),
        cost("energy", [result.get("energy_joules") for result in results], formatting.energy, "joules"),
    ]
