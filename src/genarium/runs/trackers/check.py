"""Whether the trackers that a run asks for can be had: asked before the run has a folder."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from genarium.errors import UserError
from genarium.runs import wandb_server

EXTRAS = {"tensorboard": "tensorboard", "mlflow": "mlflow", "trackio": "trackio", "dashboard": "wandb_workspaces"}
"""Extra of the package -> the module that it brings."""


def check(logger: Mapping[str, Any]) -> None:
    """UserError where one of the run's loggers is not installed, or cannot be begun as it is configured."""
    if "_target_" in logger:
        raise UserError("the run's logger was configured by an earlier version: add logger=wandb, or logger=none")
    for name, settings in logger.items():
        if settings and name in EXTRAS:
            need(name, f"logger={name}")
        if settings and name == "wandb":
            wandb_server.check(settings)


def need(extra: str, what: str) -> None:
    """UserError with the command that installs it, where the module of an extra of the package is not here."""
    if find_spec(EXTRAS[extra]) is None:
        raise UserError(f"{what} needs a package that is not installed: pip install 'genarium[{extra}]'")
