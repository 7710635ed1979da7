"""Content of a run's data set: its hash and the names of its labels."""

import sys
from collections.abc import Mapping, Sequence

from genarium.errors import UserError
from genarium.protocols import DataModule
from genarium.runs.run import Run

KEY = "data_set"  # in result.json
DIGITS = 10  # of a hash, as it is shown
NAMED = 3  # classes, in a sentence


def keep_content(run: Run, data: DataModule) -> None:
    """Have the run know its set."""
    run.update_result(**{KEY: data.content})


def check_content(run: Run, data: DataModule) -> None:
    """UserError where labels mean something else than in training; a line where images or splits are others. Runs of
    before, which know nothing of their set, are believed."""
    kept, now = run.result().get(KEY), data.content
    if not isinstance(kept, Mapping) or not {"classes", "hash", "images"} <= set(kept):
        return
    if changes := changed_classes(kept["classes"], now["classes"]):
        raise UserError(
            f"{run.folder} was trained with other classes, so its labels would change their meaning: {changes}; give"
            " the classes their names back, or train a new run"
        )
    if kept["hash"] != now["hash"]:
        was, is_now = (f"{one['images']:,} ({one['hash'][:DIGITS]})" for one in (kept, now))
        print(f"note: {run.folder} was trained on other images or splits: {was} then, {is_now} now", file=sys.stderr)


def changed_classes(before: Sequence[str], now: Sequence[str]) -> str:
    """Difference of two sets' label names, in a few words; '' where they agree."""
    gone, new = ([name for name in a if name not in set(b)] for a, b in ((before, now), (now, before)))
    said = [f"{listed(names)} {word}" for names, word in ((gone, "gone"), (new, "new")) if names]
    if said:
        return ", ".join(said)
    return "" if list(before) == list(now) else f"they are in another order, {listed(now)}"


def listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:NAMED], *(["…"] if len(names) > NAMED else [])])
