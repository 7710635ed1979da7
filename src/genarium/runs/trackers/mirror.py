"""Mirror of a run's folder in a tracker, which may fail without harm to the run."""

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pytorch_lightning.loggers import Logger
from pytorch_lightning.utilities import rank_zero_only


class Tracker(Protocol):
    """What a tracker does for a run; `images` seen are the clock of everything."""

    def log_hyperparams(self, params: Any) -> None: ...

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None: ...

    def log_picture(self, kind: str, path: str, images: int) -> None: ...

    def finalize(self, status: str) -> None: ...

    def whereabouts(self) -> str:
        """Where the run is to be seen, in one line."""
        ...

    def close(self) -> None: ...


class TakesTables(Protocol):
    """A tracker that shows tables, beside numbers and pictures."""

    def log_rows(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None: ...


class Mirror(Logger):
    """Logger that passes everything on to a tracker; once that fails, by whatever error, it says so and rests."""

    def __init__(self, title: str, begin: Callable[[], Tracker]) -> None:
        """`begin` makes the tracker when there is something to log."""
        super().__init__()
        self.title, self.begin = title, begin
        self.tracker: Tracker | None = None
        self.failed = False

    @property
    def name(self) -> str:
        return self.title

    @property
    def version(self) -> None:
        return None

    @rank_zero_only
    def attempt(self, act: Callable[[Any], object]) -> None:
        if self.failed:
            return
        try:
            self.tracker = self.tracker or self.begin()
            act(self.tracker)
        except Exception as error:
            self.failed = True
            why = " ".join(str(error).split()) or type(error).__name__
            told = "is left out from here on, and the run's folder has everything"
            print(f"logger={self.title} fails ({why[:300]}): it {told}", file=sys.stderr)

    def log_hyperparams(self, params: dict | Namespace, *args: object, **kwargs: object) -> None:
        self.attempt(lambda tracker: tracker.log_hyperparams(params))

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self.attempt(lambda tracker: tracker.log_metrics(metrics, step=step))

    def log_picture(self, kind: str, path: str, images: int) -> None:
        self.attempt(lambda tracker: tracker.log_picture(kind, path, images))

    def log_rows(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None:
        """Of a tracker that takes none, the table is in the run's folder alone."""
        self.attempt(lambda t: t.log_rows(name, columns, rows, images) if hasattr(t, "log_rows") else None)

    def finalize(self, status: str) -> None:
        self.attempt(lambda tracker: tracker.finalize(status))

    def close(self) -> None:
        """Ends the tracker's run, so that the next job of a sweep starts its own, and prints where it is."""
        self.attempt(lambda tracker: print(tracker.whereabouts(), file=sys.stderr))
        self.attempt(lambda tracker: tracker.close())
