"""Static parts of a page: table, notes, protocols, origin. All text of runs is escaped."""

from collections.abc import Sequence
from html import escape

from genarium.reports import formatting
from genarium.reports.columns import Cell, Column
from genarium.reports.numbers import protocols
from genarium.reports.run_record import RunRecord
from genarium.reports.table import Table

LONG = 28  # letters; a longer text is broken into lines
SHORT = 10  # letters; a shorter heading is not


def chips(records: Sequence[RunRecord], ids: Sequence[str]) -> str:
    """One check box per run in its color: the legend that stays in view."""
    return "".join(
        f'<label class="chip"><input type="checkbox" data-run="{identity}" checked>'
        f'<svg class="swatch" data-swatch="{identity}"></svg><span>{escape(record.label)}</span></label>'
        for identity, record in zip(ids, records, strict=True)
    )


def run_table(shown: Table, records: Sequence[RunRecord], ids: Sequence[str]) -> str:
    """The table of runs; its columns are sorted by the page's program."""
    head = "".join(_heading(column.name, column.kind, column.numeric, column.folded) for column in shown.columns)
    rows = "".join(
        f'<tr data-row="{identity}" class="{escape(record.status.replace(" ", "-"))}">'
        f'<th scope="row" data-value="{escape(record.label)}"><label><input type="checkbox" data-run="{identity}" '
        f'checked><svg class="swatch" data-swatch="{identity}"></svg>'
        f'<span class="{"long" if len(record.label) > LONG else ""}">{escape(record.label)}</span></label></th>'
        + "".join(_cell(column, column.cells[index], record) for column in shown.columns)
        + "</tr>"
        for index, (identity, record) in enumerate(zip(ids, records, strict=True))
    )
    return f'<table id="runs"><thead><tr>{_heading("run", "label")}{head}</tr></thead><tbody>{rows}</tbody></table>'


def _heading(name: str, kind: str, numeric: bool = False, folded: bool = False) -> str:
    flags = f"{kind}{' numeric' if numeric else ''}{' folded' if folded else ''}"
    # a line may break after the separators of a long name
    shown = escape(name) if len(name) < SHORT else escape(name).replace("/", "/<wbr>").replace(".", ".<wbr>")
    return f'<th scope="col" class="{flags}" aria-sort="none"><button type="button">{shown}</button></th>'


def _cell(column: Column, cell: Cell, record: RunRecord) -> str:
    flags = f"{column.kind}{' numeric' if column.numeric else ''}{' folded' if column.folded else ''}"
    value = "" if cell.value is None else f' data-value="{escape(str(cell.value))}"'
    reason = f'<span class="error">{escape(record.error)}</span>' if column.kind == "status" and record.error else ""
    flags += " long" if len(cell.text) > LONG else ""
    return f'<td class="{flags}"{value}><span>{escape(cell.text)}</span>{reason}</td>'


def notes(sentences: Sequence[str]) -> str:
    """A list of remarks; '' where there are none."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="notes">{items}</ul>' if items else ""


def protocol_table(records: Sequence[RunRecord]) -> str:
    """Table of protocols, one column each, with differing rows marked; '' without any."""
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
    return (
        f'<div class="scroll"><table id="protocols"><thead><tr><th scope="col">protocol</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def origin_table(records: Sequence[RunRecord]) -> str:
    """Commit, device, precision and versions that the runs were made with; runs of one origin share a row."""
    origins: dict[tuple[str, ...], list[str]] = {}
    for record in records:
        origins.setdefault(_origin(record), []).append(record.label)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("runs", "commit", "device", "precision", "versions"))
    rows = "".join(f"<tr>{_cells([', '.join(labels), *origin])}</tr>" for origin, labels in origins.items())
    return f'<div class="scroll"><table id="origins"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _origin(record: RunRecord) -> tuple[str, ...]:
    git, result = record.result.get("git") or {}, record.result
    commit = str(git.get("commit") or "not recorded")[:12] + (" with uncommitted changes" if git.get("dirty") else "")
    versions = ", ".join(f"{name} {version}" for name, version in (result.get("versions") or {}).items())
    parts = (str(result.get("device") or ""), str(result.get("precision") or ""), versions)
    return (commit, *(part or "not recorded" for part in parts))


def _cells(values: Sequence[str]) -> str:
    return "".join(f"<td>{escape(value)}</td>" for value in values)
