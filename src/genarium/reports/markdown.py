"""A table of runs and their numbers in Markdown, for the README of a study: written by what measured them."""

from collections.abc import Sequence

from genarium.reports import words
from genarium.reports.record import Record, records
from genarium.runs import Run

FACTS = ("model", "data", "seed", "images_seen", "seconds", "images_per_second", "device", "precision")


def tables(runs: Sequence[Run], command: str) -> str:
    """What the runs are, their numbers (a row per number and protocol, a column per run), and the protocols in full."""
    read = records(runs)
    return "\n\n".join([facts_table(read), numbers_table(read), protocol_lines(read), f"Made by `{command}`.\n"])


def facts_table(read: Sequence[Record]) -> str:
    rows = [[record.label, *(shown(record.result.get(name)) for name in FACTS)] for record in read]
    return grid(["run", *(name.replace("_", " ") for name in FACTS)], rows)


def numbers_table(read: Sequence[Record]) -> str:
    """A number that was measured under two protocols stands in two rows."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for record in read:
        for name, entry in record.result.get("numbers", {}).items():
            found.setdefault((name, entry["protocol"]), {})[record.label] = entry["value"]
    labels = [record.label for record in read]
    rows = [
        [name, *(words.number(values[label]) if label in values else "" for label in labels), f"`{protocol}`"]
        for (name, protocol), values in found.items()
    ]
    return grid(["number", *labels, "protocol"], rows)


def protocol_lines(read: Sequence[Record]) -> str:
    """Every protocol as one line: all that its numbers depend on."""
    known: dict[str, dict] = {}
    for record in read:
        known |= record.result.get("protocols", {})
    said = {key: "; ".join(f"{name} {plain(value)}" for name, value in terms.items()) for key, terms in known.items()}
    lines = [f"- `{key}`: {terms}" for key, terms in said.items()]
    return "\n".join(["Protocols:", "", *lines])


def plain(value: object) -> str:
    """Nested settings on one line."""
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {plain(part)}" for name, part in value.items()) + ")"
    return str(value)


def shown(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}" if isinstance(value, int) else words.number(value)
    return "" if value is None else str(value)


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
