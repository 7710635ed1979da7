"""A table's columns: values to compute with, beside the words that are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from genarium.reports import formatting


class Cell(NamedTuple):
    """One value of one run; None where the run has none, shown as a dash."""

    value: Any = None
    text: str = formatting.MISSING


@dataclass(frozen=True)
class Column:
    """One quantity of every run."""

    name: str
    kind: str  # setting, status, number or cost
    cells: tuple[Cell, ...]
    folded: bool = False  # a setting that follows from the choice of model or data
    protocols: tuple[str, ...] = ()  # under which a number was measured
    unit: str = ""  # seconds or bytes, of a cost

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers, to be sorted and aligned as such."""
        values = [cell.value for cell in self.cells if cell.value is not None]
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)

    @property
    def empty(self) -> bool:
        return all(cell.value is None for cell in self.cells)


def column(name: str, kind: str, values: Sequence[Any], text: Callable[[Any], str], unit: str = "") -> Column:
    """A column of `values`, each shown as `text(value)`; None is a missing one."""
    cells = tuple(Cell() if value is None else Cell(value, text(value)) for value in values)
    return Column(name, kind, cells, unit=unit)


def setting_column(name: str, settings: Sequence[dict[str, Any]], folded: bool = False) -> Column:
    """A column of the setting `name`; a run without the key shows a dash, absence is none."""
    cells = tuple(Cell(_plain(one[name]), formatting.setting(one[name])) if name in one else Cell() for one in settings)
    return Column(name, "setting", cells, folded)


def _plain(value: Any) -> Any:
    """Numbers and texts as they are, everything else as text, so that a column can be sorted."""
    return value if isinstance(value, int | float | str) else formatting.setting(value)
