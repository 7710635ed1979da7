"""Weights & Biases."""

import json
import os
import secrets
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import wandb
import wandb.errors as wandb_errors
from lightning_fabric.loggers.logger import rank_zero_experiment
from pytorch_lightning.loggers import WandbLogger
from pytorch_lightning.utilities import rank_zero_only

from genarium.runs import wandb_server
from genarium.runs.run import Run


class WandbTracker(WandbLogger):
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
        self.offline_because = "logger.wandb.mode=offline" if mode == "offline" else wandb_server.reason()
        if self.offline_because:
            os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # offline: W&B's program tells nobody of its work
        entity = None
        identity, self.remark = run_id(self.folder)
        wandb.setup().settings.run_id = identity  # under a W&B sweep this one counts, not what init is given
        if sweep := wandb_server.sweep():
            tags, group = [*wandb_server.tags(tags), f"sweep-{sweep}"], sweep if group == "default" else group
        elif self.of_sweep.exists():
            found = json.loads(self.of_sweep.read_text(encoding="utf-8"))
            entity, project, tags, group = (found[key] for key in ("entity", "project", "tags", "group"))
        super().__init__(
            name=wandb_server.fitted(name), entity=entity, project=str(project), save_dir=folder, id=identity,
            offline=bool(self.offline_because), group=wandb_server.fitted(group),
            job_type=wandb_server.fitted(job_type),
            tags=wandb_server.tags(tags), resume=None if self.offline_because else "allow",
            settings=wandb.Settings(silent=True, console="off", **wandb_server.proxies()),
        )  # fmt: skip

    @property
    @rank_zero_experiment
    def experiment(self) -> wandb.Run:
        """The W&B run, begun when it is first asked for; images seen are the x-axis of every number."""
        if self._experiment is None:
            self._experiment = self.begun()
            if wandb_server.sweep():
                settings = {key: self._wandb_init[key] for key in ("tags", "group")}
                where = {"entity": self._experiment.entity or None, "project": self._experiment.project}
                self.of_sweep.write_text(json.dumps(where | settings), encoding="utf-8")
            self._experiment.define_metric("images")
            self._experiment.define_metric("*", step_metric="images")
        return self._experiment

    @property
    def of_sweep(self) -> Path:
        """File with the project, tags and group of a run of a W&B sweep, whose agent chose them: later parts of the
        run, which no agent begins, follow them."""
        return self.folder / "wandb" / "sweep.json"

    def begun(self) -> wandb.Run:
        """Start the W&B run: online where allowed and accepted by the server; else offline, with the reason."""
        known = {key: value for key, value in self._wandb_init.items() if key != "anonymous"}
        if not self.offline_because:
            try:
                return wandb.init(**known, mode="online")
            except wandb_errors.Error as error:
                self.offline_because = f"W&B refuses the run: {wandb_server.said(error)}"
        disabled = self.offline_because == "WANDB_MODE=disabled"
        return wandb.init(**known | {"resume": None}, mode="disabled" if disabled else "offline")

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, object], step: int | None = None) -> None:
        """W&B's own step is images seen too: the parts of a resumed run go on from each other."""
        self.experiment.log({**metrics, "images": step}, step=step)

    def log_picture(self, kind: str, path: str, images: int) -> None:
        self.log_image(f"pictures/{kind}", [path], step=images)

    def log_rows(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None:
        self.log_table(name, columns=list(columns), data=[list(row) for row in rows], step=images)

    def log_measured(self, values: Mapping[str, Any], images: int, summary: Mapping[str, Any] | None = None) -> None:
        """What an evaluation found of weights that have seen `images`. `summary` is the whole one: an offline part
        replaces that at W&B."""
        self.experiment.log({**values, "images": images}, step=self.after_training())
        self.experiment.summary.update(dict(summary or {}))

    def after_training(self) -> int:
        """A step of W&B's behind all that was logged: each part of the run has its own."""
        seen = max((images for images, _, _ in Run(self.folder).rows()), default=0)
        return seen + len(list((self.folder / "wandb").glob("*run-*")))

    @rank_zero_only
    def finalize(self, status: str) -> None:
        if self.artifacts and status == "success":
            artifact = wandb.Artifact(f"{self.experiment.id}-checkpoints", type="model")
            artifact.add_dir(str(Run(self.folder).checkpoints))
            self.experiment.log_artifact(artifact)

    def whereabouts(self) -> str:
        """Address of the run at W&B, or the command that uploads all its parts later."""
        if not self.offline_because:
            return f"W&B: {self.experiment.url}{self.remark}"
        if self.offline_because == "WANDB_MODE=disabled":
            return f"W&B keeps nothing ({self.offline_because})"
        folder = shlex.quote(os.path.relpath(self.folder))
        return f"W&B offline ({self.offline_because}); upload with: genarium sync {folder}{self.remark}"

    def close(self) -> None:
        self.experiment.finish()


def run_id(folder: Path) -> tuple[str, str]:
    """(W&B id of the run in `folder`, the same over resumes; a remark about it, or ''). An agent of a W&B sweep
    gives the id by WANDB_RUN_ID: the first run of this process takes it."""
    path = folder / "wandb" / "run_id"
    kept = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    given = os.environ.pop("WANDB_RUN_ID", "")
    identity = given or kept or secrets.token_hex(4)
    if identity != kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(identity, encoding="utf-8")
    other = f"; from here on under WANDB_RUN_ID={given}, what was logged before under {kept}" if given and kept else ""
    return identity, other if given != kept else ""
