"""Trackio, which keeps its numbers on this machine, with a dashboard of its own."""

import contextlib
import io
from collections.abc import Mapping
from typing import Any

from genarium.config.recipe import plain_leaves


class TrackioTracker:
    """Trackio's own run on the clock of images seen, the same over resumes."""

    def __init__(self, folder: str, project: str, name: str, group: str) -> None:
        self.project, self.name, self.group = str(project), f"{group}-{name}", str(group)
        self.run: Any = None

    def log_hyperparams(self, params: Any) -> None:
        """Begins the run, with the settings by dotted key."""
        import trackio

        with contextlib.redirect_stdout(io.StringIO()):
            self.run = trackio.init(
                project=self.project, name=self.name, group=self.group, config=plain_leaves(params), resume="allow",
                embed=False, auto_log_gpu=False, auto_log_cpu=False,
            )  # fmt: skip

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self.run.log(dict(metrics), step=step)

    def log_picture(self, kind: str, path: str, images: int) -> None:
        import trackio

        self.run.log({f"pictures/{kind}": trackio.Image(path)}, step=images)

    def finalize(self, status: str) -> None:
        """Nothing is kept back."""

    def whereabouts(self) -> str:
        return f'Trackio: trackio show --project "{self.project}"'

    def close(self) -> None:
        import trackio

        with contextlib.redirect_stdout(io.StringIO()):
            trackio.finish()
