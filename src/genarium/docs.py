"""python -m genarium.docs: writes the pages that are generated: of models, of metrics, and the ledger of studies."""

from collections.abc import Callable, Iterable
from pathlib import Path

from genarium.config import references, zoo
from genarium.config.conf_groups import conf_dir
from genarium.files.atomic import write_atomically
from genarium.metrics import catalog
from genarium.studies import ledger, of_models

EXPERIMENTS = conf_dir().parent / "experiments"
NOTE = "<!-- Written by `make docs`: change the files that it reads, then run it again. -->"
BAR = "\\|"
ARROWS = {catalog.LOWER: "↓ lower", catalog.HIGHER: "↑ higher", catalog.NEITHER: "—"}


def models() -> str:
    """The table of models, by family, from the comments and defaults of their YAMLs."""
    cards = zoo.cards()
    parts = [f"# Models\n\n{NOTE}\n\nOne file, one model: {len(cards)} of them. `genarium list model` prints the same."]
    for key, heading in zoo.FAMILIES.items():
        rows = [row(card) for card in cards if card.family == key]
        header = ("model", "name", "base", "paper", "needs", "what differs from the paper", "what our studies found")
        parts.append(f"## {heading}\n\n{table(header, rows)}")
    return "\n\n".join(parts) + "\n"


def row(card: zoo.Card) -> tuple[str, ...]:
    base = f"[{card.lineage[1]}]({card.lineage[1]}.yaml)" if len(card.lineage) > 1 else ""
    papers = "; ".join(map(references.link, card.papers))
    return (
        f"[{card.name}]({card.name}.yaml)",
        card.title,
        base,
        papers,
        ", ".join(card.needs),
        "; ".join(card.remarks),
        of_models.found(card.name, EXPERIMENTS),
    )


def metrics() -> str:
    """The table of metrics, from the catalog."""
    intro = (
        "What an evaluation measures. Reported names go on with the protocol: `fd/efficientnet_lite0/2k_train` is the\n"
        "Fréchet distance on EfficientNet-Lite0's features of 2,000 samples and as many training images."
    )
    parts = [f"# Metrics\n\n{NOTE}\n\n{intro}"]
    for heading, group in catalog.GROUPS.items():
        rows = [(f"`{m.name}`", m.definition, m.range, ARROWS[m.better], references.link(m.source)) for m in group]
        parts.append(f"## {heading}\n\n{table(('name', 'definition', 'range', 'better', 'source'), rows)}")
    return "\n\n".join(parts) + "\n"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    line = lambda cells: f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"
    header = tuple(header)
    return "\n".join([line(header), line("---" for _ in header), *map(line, rows)])


PAGES: dict[Path, Callable[[], str]] = {
    conf_dir() / "model/README.md": models,
    Path(__file__).parent / "metrics/README.md": metrics,
    EXPERIMENTS / ledger.FILE: lambda: ledger.page(EXPERIMENTS),
}


def main() -> None:
    for path, page in PAGES.items():
        write_atomically(path, page().encode())
        print(path)


if __name__ == "__main__":
    main()
