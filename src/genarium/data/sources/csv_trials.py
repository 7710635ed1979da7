"""Trials of signals in a CSV file, a line each.

The first line may name the columns: that of `label` is the trial's class, that of `person` whose it is, where a file
holds those of several people. All others are samples, channel after channel.
"""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from genarium.data.sources.listing import printable
from genarium.errors import UserError


class Trial(NamedTuple):
    person: str
    label: str  # '' where there is no column of labels
    values: np.ndarray  # (C · L,)


def trials(path: Path) -> list[Trial]:
    """Trials of a file, whose name is the person where no column is; UserError where a line is no trial."""
    try:
        lines = [line for line in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if line]
    except UnicodeDecodeError:
        raise UserError(f"{printable(path)} is no text: export it as CSV in UTF-8") from None
    names = [] if not lines or all(map(is_number, lines[0])) else [name.strip().lower() for name in lines.pop(0)]
    if not lines:
        raise UserError(f"{printable(path)} holds no trials: a line is a trial, its samples separated by commas")
    return [trial(path, number, line, names) for number, line in enumerate(lines, 2 if names else 1)]


def trial(path: Path, number: int, line: Sequence[str], names: Sequence[str]) -> Trial:
    """The trial of line `number`, counted without empty ones, whose columns are called `names` where that is known."""
    if names and len(line) != len(names):
        raise UserError(
            f"{printable(path)}: line {number} has {len(line)} columns and the first line names {len(names)}: mend it"
        )
    column = {name: names.index(name) for name in ("person", "label") if name in names}
    values = [text for place, text in enumerate(line) if place not in column.values()]
    if wrong := [text for text in values if not is_number(text)]:
        raise UserError(
            f"{printable(path)}: line {number} has '{printable(wrong[0])}' where a number is due: leave out trials that"
            " lack samples, and call the columns that are no samples label and person"
        )
    held = {name: line[place].strip() for name, place in column.items()}
    return Trial(held.get("person", path.stem), held.get("label", ""), np.array(values, dtype=np.float64))


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
