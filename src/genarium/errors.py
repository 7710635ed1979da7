"""Mistakes of the user: one clear sentence that names the remedy, exit code 2, no traceback."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """What the command line prints and exits with 2 on; the message is one sentence that names the remedy."""


class Unwritable(UserError):
    """What is wrong with the machine and not with a run: a full disk, a folder that is closed."""


def nearest(word: str, known: Iterable[str]) -> str:
    """'; did you mean a or b?' with the known words nearest to `word`, or all of them if few, or ''."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(close)}?"
    return f"; choose from {', '.join(known)}" if 0 < len(known) <= 40 else ""
