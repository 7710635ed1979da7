"""What a sweep will run: its jobs, one of each choice."""

from collections.abc import Iterator, Sequence
from itertools import product

from genarium.overrides import values_of


def every_choice(overrides: Sequence[str]) -> Iterator[list[str]]:
    """What a sweep will compose, each choice of each key once: enough to find what is misspelt before it starts."""
    swept = [values_of(word) for word in overrides]
    first = [found[0] for found in swept]
    yield first
    for place, found in enumerate(swept):
        for value in found[1:]:
            yield [*first[:place], value, *first[place + 1 :]]


def jobs(overrides: Sequence[str]) -> Iterator[list[str]]:
    """Every combination."""
    yield from map(list, product(*map(values_of, overrides)))
