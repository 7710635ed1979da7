"""Markdown tables of runs and their numbers, for the README of a study."""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from genarium.errors import UserError
from genarium.reports import formatting
from genarium.reports.numbers import number_columns, numbers, protocol_notes, with_parts
from genarium.reports.run_record import RunRecord, records
from genarium.reports.short_names import APART
from genarium.runs.run import Run

FACTS = ("model", "data", "seed", "images_seen", "seconds", "images_per_second", "device", "precision")
MANY = 6  # runs: more are written below each other
NEAR = 2  # terms: a protocol that differs from another in no more is said by these


def tables(runs: Sequence[Run], command: str, wanted: Sequence[str] = ("*",), settings: Sequence[str] = ()) -> str:
    """What the runs are, with their `settings` by dotted key, their numbers and the protocols in full; only numbers
    whose names match a pattern of `wanted`.

    Few runs: a row per number and protocol, a column per run. Many: a row per run, and what holds for all of them said
    once. UserError where nothing matches a pattern, or no run has a setting.
    """
    read = records(runs)
    for pattern in wanted:
        if pattern != "*" and not any(fnmatchcase(name, pattern) for record in read for name in with_parts(record)):
            raise UserError(f"no run has a number '{pattern}'; `genarium table` without numbers=… shows all of them")
    for key in settings:
        if not any(key in record.settings for record in read):
            raise UserError(f"no run has a setting '{key}'; name one of its config.yaml, such as model.latent_dim")
    read = [narrowed(record, wanted) for record in read]
    told = facts(read, settings)
    parts = many_runs(read, told) if len(read) > MANY else [facts_table(read, told), numbers_table(read)]
    problems = ["\n".join(f"- {problem}" for record in read for problem in record.problems)]
    return "\n\n".join([*parts, *filter(None, problems), protocol_lines(read), f"Made by `{command}`.\n"])


def narrowed(record: RunRecord, wanted: Sequence[str]) -> RunRecord:
    """`record` with those numbers alone whose names match, in the order of the patterns, and their protocols; parts of
    a number, such as its classes, only where a pattern other than * matches them."""
    whole, found = numbers(record), with_parts(record)
    kept = {
        name: found[name]
        for pattern in wanted
        for name in (whole if pattern == "*" else found)
        if fnmatchcase(name, pattern)
    }
    used = {entry.get("protocol") for entry in kept.values()}
    known = {key: terms for key, terms in (record.result.get("protocols") or {}).items() if key in used}
    return replace(record, result=record.result | {"numbers": kept, "protocols": known})


def facts(read: Sequence[RunRecord], settings: Sequence[str]) -> dict[str, list[str]]:
    """Facts of each run, by name."""
    found = {name.replace("_", " "): [shown(record.result.get(name)) for record in read] for name in FACTS}
    return found | {key: [shown(record.settings.get(key)) for record in read] for key in settings}


def many_runs(read: Sequence[RunRecord], told: dict[str, list[str]]) -> list[str]:
    """Facts shared by all, a table with a row per run, and how the numbers of a column were measured."""
    shared = [f"{name} {values[0]}" for name, values in told.items() if len(set(values)) == 1]
    labels = [record.label for record in read]
    own = {name: values for name, values in told.items() if len(set(values)) > 1 and values != labels}
    columns = number_columns(read)
    rows = [
        [record.label, *(values[row] for values in own.values()), *(column.cells[row].text for column in columns)]
        for row, record in enumerate(read)
    ]
    notes = "\n".join(f"- {note}" for note in protocol_notes(read))
    head = ["run", *own, *(column.name for column in columns)]
    return [f"All runs: {'; '.join(shared)}.", grid(head, rows), f"How it was measured:\n\n{notes}"]


def facts_table(read: Sequence[RunRecord], told: dict[str, list[str]]) -> str:
    rows = [[record.label, *(values[row] for values in told.values())] for row, record in enumerate(read)]
    return grid(["run", *told], rows)


def numbers_table(read: Sequence[RunRecord]) -> str:
    """A number that was measured under protocols that cannot be compared stands in as many rows."""
    rows = [
        [column.name.partition(APART)[0], *(cell.text for cell in column.cells), named(column.protocols)]
        for column in number_columns(read)
    ]
    return grid(["number", *(record.label for record in read), "protocol"], rows)


def named(protocols: Sequence[str]) -> str:
    return ", ".join(f"`{key}`" for key in protocols)


def protocol_lines(read: Sequence[RunRecord]) -> str:
    """Protocols as one line each: all terms, or the difference from one above."""
    whole: dict[str, dict] = {}
    lines = []
    known = {key: terms for record in read for key, terms in (record.result.get("protocols") or {}).items()}
    for key, terms in known.items():
        like, other = min(((len(unlike(terms, other)), key) for key, other in whole.items()), default=(NEAR + 1, ""))
        if like <= NEAR:
            lines.append(f"- `{key}`: as `{other}`, but {said(unlike(terms, whole[other]))}")
        else:
            whole[key] = terms
            lines.append(f"- `{key}`: {said(terms)}")
    return "\n".join(["Protocols:", "", *lines])


def unlike(terms: dict, other: dict) -> dict:
    """Terms that differ from another protocol's; all of them where some of the other's are missing."""
    apart = not other.keys() <= terms.keys()
    return {key: value for key, value in terms.items() if apart or key not in other or value != other[key]}


def said(terms: dict) -> str:
    return "; ".join(f"{name} {plain(value)}" for name, value in terms.items())


def plain(value: object) -> str:
    """Nested settings on one line."""
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {plain(part)}" for name, part in value.items()) + ")"
    return str(value)


def shown(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}" if isinstance(value, int) else formatting.number(value)
    return "" if value is None else str(value)


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
