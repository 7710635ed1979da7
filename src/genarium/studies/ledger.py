"""The ledger: every study with its verdict, and the claims that none has answered yet."""

from collections.abc import Collection, Sequence
from pathlib import Path

import yaml

from genarium.errors import UserError, nearest
from genarium.files.atomic import write_atomically
from genarium.reports import formatting
from genarium.studies import experiments, results, shown
from genarium.studies.report_text import table
from genarium.studies.study_file import Study
from genarium.studies.summary import Summary, headline
from genarium.studies.verdict import OPEN

FILE, CLAIMS = "README.md", "claims.yaml"
HEADER = ("study", "claim", "verdict", "difference, 95 % interval", "seeds", "date")
INTRO = """# Studies

<!-- Written by `genarium study` and `make docs` from the studies below. -->

What was asked, and what came out. A verdict stands on five seeds or more and a rule that is stated beforehand
(`src/genarium/studies/verdict.py`); fewer seeds are a pilot. The difference is that of a study's first expectation.
`genarium study NAME` repeats a study, `genarium study --list` prints this table."""


def page(folder: Path) -> str:
    """The ledger of the studies in `folder`, in Markdown."""
    studies = experiments.studies(folder)
    rows = [[f"[{cells[0]}]({cells[0]})", *cells[1:]] for cells in map(entry, studies)]
    parts = [INTRO, counted(studies, claims(folder, studies)), "\n".join(table(HEADER, rows))]
    notes = [f"* **{study.name}**: {' '.join(study.open.split())}" for study in studies if study.open]
    parts += ["## Open in these studies\n\n" + "\n".join(notes)] if notes else []
    known = answered(studies)
    waiting = [f"* **{name}**: {claim}" for name, claim in claims(folder, studies).items() if name not in known]
    parts += ["## Claims without results yet\n\n" + "\n".join(waiting)] if waiting else []
    return "\n\n".join(parts) + "\n"


def counted(studies: Sequence[Study], known: Collection[str]) -> str:
    """How many claims have a verdict or a pilot, and how many studies have published values beside theirs."""
    beside = sum(
        any(one.ours.interval for one in Summary(study, results.read(study.folder)).published()) for study in studies
    )
    told = f"Of {len(known)} claims {len(answered(studies))} have a verdict or a pilot"
    return f"{told}; {beside} studies show published values beside ours."


def answered(studies: Sequence[Study]) -> set[str]:
    """Claims that the results of a study say something about."""
    told = (study for study in studies if Summary(study, results.read(study.folder)).has_evidence)
    return {name for study in told for name in study.answers}


def entry(study: Study) -> list[str]:
    """Name, claim, verdict, effect, seeds, date of one study, from its committed results."""
    rows = results.read(study.folder)
    if not rows:
        return [study.name, " ".join(study.claim.split()), OPEN, "", "", ""]
    summary = Summary(study, rows)
    first = headline(summary.verdicts)
    effect = f"{first.expectation.about} {shown.effect(first.effect)}" if first else ""
    date = max(row.date for row in rows)
    return [study.name, " ".join(study.claim.split()), summary.word, effect, summary.seeds, date]


def seeded(seeds: str) -> str:
    return f"{seeds} seeds" if seeds and "block" not in seeds else seeds


def claims(folder: Path, studies: Sequence[Study]) -> dict[str, str]:
    """Claims of the field that wait for an answer, by name; UserError where a study answers one that there is not."""
    path = folder / CLAIMS
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    for study in studies:
        for name in study.answers:
            if name not in known:
                raise UserError(f"{study.folder}: it answers '{name}', which {path} lacks{nearest(name, known)}")
    return known


def write(folder: Path) -> None:
    write_atomically(folder / FILE, page(folder).encode())


def listed(studies: Sequence[Study]) -> str:
    """The ledger for a terminal: name and verdict on a line, the claim below."""
    if not studies:
        return "no study here: make a folder experiments/NAME with a study.yaml"
    lines = []
    for name, claim, word, effect, seeds, date in map(entry, studies):
        facts = formatting.listing([one for one in (word, effect, seeded(seeds), date) if one])
        lines += [f"{name}: {facts}", f"    {claim}"]
    return "\n".join(lines)
