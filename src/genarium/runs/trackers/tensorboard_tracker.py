"""TensorBoard, in the run's own folder."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pytorch_lightning.loggers import TensorBoardLogger

from genarium.config.recipe import plain_leaves
from genarium.runs.run import Run

PLAIN = (str, int, float, bool)
"""Types of a setting that TensorBoard takes."""


class TensorBoardTracker(TensorBoardLogger):
    """Lightning's TensorBoard logger on the clock of images seen; after a resume it forgets what the folder forgot."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        seen = max((images for images, _, _ in Run(self.folder).rows()), default=-1)
        super().__init__(folder, name="", version="tensorboard", default_hp_metric=False, purge_step=seen + 1)

    def log_hyperparams(self, params: Any, *args: object, **kwargs: object) -> None:
        """The settings, by dotted key, in TensorBoard's table of hyperparameters."""
        from torch.utils.tensorboard.summary import hparams

        settings = {
            key: value if isinstance(value, PLAIN) else str(value) for key, value in plain_leaves(params).items()
        }
        writer = self.experiment._get_file_writer()
        for summary in hparams(settings, {}):
            writer.add_summary(summary)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        super().log_metrics(metrics, step)

    def log_picture(self, kind: str, path: str, images: int) -> None:
        with Image.open(path) as picture:
            self.experiment.add_image(f"pictures/{kind}", np.asarray(picture.convert("RGB")), images, dataformats="HWC")

    def whereabouts(self) -> str:
        return f"TensorBoard: tensorboard --logdir {shlex.quote(os.path.relpath(self.folder.parent))}"

    def close(self) -> None:
        self.experiment.close()
