"""Static parts of a page: notes, protocols, origin. All text of runs is escaped."""

from collections.abc import Sequence
from html import escape

from genarium.reports import formatting
from genarium.reports.numbers import protocol_notes, protocols
from genarium.reports.page_columns import commit
from genarium.reports.run_record import RunRecord

MANY = 12  # runs of one origin are named; more are counted


def notes(sentences: Sequence[str]) -> str:
    """A list of remarks; '' where there are none."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="notes">{items}</ul>' if items else ""


def protocol_section(records: Sequence[RunRecord]) -> str:
    """Table of protocols, one column each, with differing rows marked, and which number has which; '' without any."""
    found = protocols(records)
    if not found:
        return ""
    keys = dict.fromkeys(key for terms in found.values() for key in terms)
    rows = []
    for key in keys:
        values = [formatting.setting(terms[key]) if key in terms else formatting.MISSING for terms in found.values()]
        differs = ' class="differs"' if len(set(values)) > 1 else ""
        rows.append(f'<tr{differs}><th scope="row">{escape(key)}</th>{_cells(values)}</tr>')
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in found)
    return notes(protocol_notes(records)) + (
        f'<div class="scroll"><table id="protocols"><thead><tr><th scope="col">protocol</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def origin_table(records: Sequence[RunRecord]) -> str:
    """Commit, device, precision and versions that the runs were made with; runs of one origin share a row."""
    origins: dict[tuple[str, ...], list[str]] = {}
    for record in records:
        origins.setdefault(_origin(record), []).append(record.label)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("runs", "commit", "device", "precision", "versions"))
    rows = "".join(f"<tr>{_cells([_named(labels), *origin])}</tr>" for origin, labels in origins.items())
    return f'<div class="scroll"><table id="origins"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _named(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - MANY} more" if len(labels) > MANY else ""
    return ", ".join(labels[:MANY]) + more


def _origin(record: RunRecord) -> tuple[str, ...]:
    result = record.result
    versions = ", ".join(f"{name} {version}" for name, version in (result.get("versions") or {}).items())
    parts = (commit(result), str(result.get("device") or ""), str(result.get("precision") or ""), versions)
    return tuple(part or "not recorded" for part in parts)


def _cells(values: Sequence[str]) -> str:
    return "".join(f"<td>{escape(value)}</td>" for value in values)
