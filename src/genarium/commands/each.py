"""The same work on several things: what fails is a sentence, and does not end the others."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from genarium.errors import UserError

One = TypeVar("One")


def do_each(ones: Sequence[One], work: Callable[[One], object], named: Callable[[One], str], failed: str) -> None:
    """UserError at the end where some failed, `failed` being what they did, such as `runs were not measured`; the only
    one's own error where there is one."""
    wrong = []
    for one in ones:
        try:
            work(one)
        except UserError as error:
            if len(ones) == 1:
                raise
            wrong.append(named(one))
            print(f"genarium: {named(one)}: {error}", file=sys.stderr)
    if wrong:
        raise UserError(f"{len(wrong)} of {len(ones)} {failed}: {', '.join(wrong)}")
