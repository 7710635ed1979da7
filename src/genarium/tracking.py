"""Loggers: the run's folder, which is the source of truth, and Weights & Biases, which mirrors it."""

import os
import secrets
import socket
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import wandb
from pytorch_lightning.loggers import Logger, WandbLogger
from pytorch_lightning.loggers.logger import rank_zero_experiment
from pytorch_lightning.utilities import rank_zero_only

from genarium.runs import Run


class FolderLogger(Logger):
    """Appends every number to the run's metrics.csv."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    @property
    def name(self) -> str:
        return self.run.folder.parent.name

    @property
    def version(self) -> str:
        return self.run.folder.name

    @rank_zero_only
    def log_hyperparams(self, params: dict | Namespace, *args: object, **kwargs: object) -> None:
        """The configuration lies in config.yaml already."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        self.run.append(step or 0, metrics)


class Tracker(WandbLogger):
    """Lightning's W&B logger on the clock of images seen; offline where there is no key or no network."""

    def __init__(
        self,
        folder: str,
        project: str,
        name: str,
        group: str,
        job_type: str,
        tags: list[str],
        mode: str,
        artifacts: bool,
    ) -> None:
        """`mode`: auto, online or offline; `artifacts`: upload the checkpoints at the end."""
        self.folder, self.artifacts = Path(folder), artifacts
        why = reason_to_stay_offline() if mode == "auto" else ""
        offline = mode == "offline" or bool(why)
        self.offline_because = why or ("logger.mode=offline" if offline else "")
        super().__init__(
            name=name, project=project, save_dir=folder, id=run_id(self.folder), offline=offline, group=group,
            job_type=job_type, tags=list(tags), resume=None if offline else "allow",
            settings=wandb.Settings(silent=True, console="off"),
        )  # fmt: skip

    @property
    @rank_zero_experiment
    def experiment(self) -> wandb.Run:
        """The W&B run, begun when it is first asked for; images seen are the x-axis of every number."""
        if self._experiment is None:
            known = {key: value for key, value in self._wandb_init.items() if key != "anonymous"}
            self._experiment = wandb.init(**known, mode="offline" if self.offline_because else "online")
            self._experiment.define_metric("images")
            self._experiment.define_metric("*", step_metric="images")
        return self._experiment

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, object], step: int | None = None) -> None:
        self.experiment.log({**metrics, "images": step})

    @rank_zero_only
    def finalize(self, status: str) -> None:
        if self.artifacts and status == "success":
            artifact = wandb.Artifact(f"{self.experiment.id}-checkpoints", type="model")
            artifact.add_dir(str(Run(self.folder).checkpoints))
            self.experiment.log_artifact(artifact)

    def whereabouts(self) -> str:
        """Where the run can be seen, or how to upload it later."""
        if not self.offline_because:
            return f"W&B: {self.experiment.url}"
        folder = os.path.relpath(self.folder)
        return f"W&B offline ({self.offline_because}); upload with: wandb sync {folder}/wandb/offline-run-*"


def run_id(folder: Path) -> str:
    """The W&B id of the run in `folder`: the same over resumes."""
    path = folder / "wandb" / "run_id"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(4), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def reason_to_stay_offline() -> str:
    """'' where W&B can be reached with a key, else why not."""
    settings = wandb.setup().settings
    mode = os.environ.get("WANDB_MODE") or settings.mode
    if mode in ("offline", "dryrun", "disabled"):
        return f"WANDB_MODE={mode}"
    address = urlsplit(os.environ.get("WANDB_BASE_URL") or settings.base_url)
    try:
        socket.create_connection((address.hostname, address.port or 443), timeout=3).close()
    except OSError as error:
        return f"{address.hostname} cannot be reached: {error.strerror or error}"
    return "" if wandb.login(prompt=False) else "no API key: run `wandb login`"
