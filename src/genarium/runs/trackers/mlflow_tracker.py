"""MLflow: in a database beside the runs of the group, or at a server."""

import logging
import os
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import FileLock
from pytorch_lightning.loggers import MLFlowLogger

from genarium.config.recipe import plain_leaves

PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
"""MLflow's own are minutes, in which a run would stand still where its server is down."""


def quieten() -> None:
    """Silence MLflow's notes on the tables of its database."""
    import mlflow.store.db.utils  # sets the levels of its loggers  # noqa: F401

    for library in ("mlflow", "mlflow.store.db.utils", "alembic", "pytorch_lightning.loggers.mlflow"):
        logging.getLogger(library).setLevel(logging.ERROR)


class MLflowTracker(MLFlowLogger):
    """Lightning's MLflow logger on the clock of images seen: a run of the experiment, the same over resumes."""

    def __init__(self, folder: str, experiment: str, name: str, tracking_uri: str | None) -> None:
        """`tracking_uri` as MLflow reads it, of a server or a database; None for mlflow.db in the group's folder."""
        self.folder = Path(folder).resolve()
        for variable, value in PATIENCE.items():
            os.environ.setdefault(variable, value)
        quieten()
        group, kept = self.folder.parent, self.folder / "mlflow" / "run_id"
        kept.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(group / ".mlflow.lock"):  # workers of a sweep make database and experiment once
            super().__init__(
                experiment_name=experiment, run_name=name,
                run_id=kept.read_text(encoding="utf-8") if kept.exists() else None,
                tracking_uri=tracking_uri or f"sqlite:///{group / 'mlflow.db'}",
                artifact_location=None if tracking_uri else str(group / ".mlflow"),
            )  # fmt: skip
            kept.write_text(str(self.run_id), encoding="utf-8")

    def log_hyperparams(self, params: Any) -> None:
        """The settings by dotted key; those that the run has already are what they were."""
        known = self.experiment.get_run(str(self.run_id)).data.params
        new = {key: str(value) for key, value in plain_leaves(params).items() if key not in known}
        super().log_hyperparams(new)

    def log_picture(self, kind: str, path: str, images: int) -> None:
        self.experiment.log_artifact(str(self.run_id), path, f"pictures/{kind}")

    def whereabouts(self) -> str:
        uri = str(self._tracking_uri)
        if not uri.startswith("sqlite"):
            return f"MLflow: run {self.run_id} at {uri}"
        page = "" if find_spec("flask") else " (its page takes all of MLflow: pip install mlflow)"
        return f"MLflow: mlflow ui --backend-store-uri {shlex.quote(uri)}{page}"

    def close(self) -> None:
        """`finalize` has ended the run."""
