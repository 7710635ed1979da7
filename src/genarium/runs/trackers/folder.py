"""Logger of the run's folder, the source of truth."""

from argparse import Namespace
from collections.abc import Mapping

from pytorch_lightning.loggers import Logger
from pytorch_lightning.utilities import rank_zero_only

from genarium.runs.run import Run


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
