"""Report of a study, written beside its study.yaml: README.md, table.tex, figure.png, pictures.png, protocols.md."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from genarium.files.atomic import write_atomically
from genarium.runs.run import Run
from genarium.studies import figure, pictures, results
from genarium.studies.report_text import BEGIN, END, generated
from genarium.studies.study_file import Budget, Study
from genarium.studies.summary import Summary
from genarium.studies.table_tex import tex

README, TABLE, FIGURE, PICTURES, PROTOCOLS = "README.md", "table.tex", "figure.png", "pictures.png", "protocols.md"


def write(study: Study, budget: Budget, place: Path, runs: Mapping[tuple[str, str, int], Run]) -> None:
    """Pictures stay as they were drawn where some of their runs are not here."""
    summary = Summary(study, results.read(place))
    row = pictures.draw(summary, runs, before=(place / PICTURES).exists())
    if row:
        write_atomically(place / PICTURES, row)
    for name, text in texts(summary, budget, place).items():
        write_atomically(place / name, text.encode())
    write_atomically(place / FIGURE, figure.draw(summary, figure.results_hash(place)))


def texts(summary: Summary, budget: Budget, place: Path) -> dict[str, str]:
    """File -> all that it must hold, from the results in `place` alone."""
    readme = place / README
    held = readme.read_text(encoding="utf-8") if readme.exists() else f"# {summary.study.title}\n"
    part = generated(summary, budget, (place / PICTURES).exists())
    return {README: within(held, part), TABLE: tex(summary), PROTOCOLS: protocols(summary, place)}


def within(held: str, part: str) -> str:
    """`held` with `part` between its marks, at its end where it has none; the words around them stay."""
    marked = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}\n?", re.S)
    if marked.search(held):
        return marked.sub(lambda _: part, held, count=1)
    return f"{held.rstrip()}\n\n{part}"


def protocols(summary: Summary, place: Path) -> str:
    """The protocols of every number: all that it depends on, as the evaluation kept it."""
    counts = Counter(row.protocol for row in summary.rows if row.protocol)
    parts = [
        f"# Protocols of {summary.study.name}\n\nGenerated from protocols.json; results.csv names one for each run."
    ]
    for key, measures in results.protocols(place).items():
        parts.append(f"## {key}: {counts[key]} runs")
        parts += [f"* **{name}**: {listed(terms)}" for name, terms in measures.items()]
    return "\n\n".join(parts) + "\n"


def listed(terms: Mapping[str, object]) -> str:
    one = lambda value: f"({listed(value)})" if isinstance(value, Mapping) else str(value)
    return "; ".join(f"{key} {one(value)}" for key, value in terms.items())
