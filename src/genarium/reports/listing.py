"""Listings of what can be chosen, 80 columns wide."""

import textwrap
from collections.abc import Iterable, Sequence

from genarium.config.zoo import FAMILIES, Card

WIDTH = 80


def models(cards: Sequence[Card]) -> str:
    """Models by family: name, title, papers, needs."""
    sections = []
    for key, heading in FAMILIES.items():
        rows = [(card.name, described(card)) for card in cards if card.family == key]
        if rows:
            sections.append(f"{heading}\n{table(rows)}")
    return "\n\n".join(sections)


def described(card: Card) -> list[str]:
    lines = [card.title, "; ".join(card.papers)]
    return [*lines, f"needs {', '.join(card.needs)}"] if card.needs else lines


def table(rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Names in one column, their lines wrapped in another."""
    rows = list(rows)
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(entry(name, lines, width) for name, lines in rows)


def entry(name: str, lines: Sequence[str], width: int) -> str:
    margin = " " * (width + 4)
    wrapped = [part for line in lines for part in textwrap.wrap(line, WIDTH - len(margin), break_on_hyphens=False)]
    return "\n".join(f"  {name:<{width}}  {part}" if not i else margin + part for i, part in enumerate(wrapped))


def plain(text: str) -> str:
    """A paragraph."""
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
