"""Reference speeds: each as a ratio to a bare program that does the same work, measured side by side in one run."""

from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table."""

    name: str
    value: float
    aim: str  # such as ">= 50" or "<= 1.2"
    unit: str
    note: str  # the two sides, and how often each was measured
