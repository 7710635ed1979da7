"""Groups of the configuration: folders of `conf`, and the options that lie in each."""

import os
from pathlib import Path

GROUPS = ("model", "data", "trainer", "callbacks", "logger")
NO_GROUPS = ("wandb_sweeps",)
"""Folders of `conf` that hold other things than options: W&B's sweeps."""


def conf_dir() -> Path:
    """The configuration's folder: in the package where it is installed, at the top of a checkout."""
    shipped = Path(__file__).parents[1] / "conf"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "conf"


def choices(group: str) -> dict[str, str]:
    """Option of a group -> the text of its first comment line; `base` options are parts, not choices."""
    files = sorted((conf_dir() / group).glob("*.yaml"))
    return {file.stem: first_line(file) for file in files if file.stem != "base"}


def first_line(file: Path) -> str:
    """Text of a YAML file's first line, Hydra's own header left out."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(line.lstrip("# ") for line in lines if not line.startswith("# @package"))


def parts(group: str) -> list[str]:
    """Groups within a group: `model/adversarial_loss=…` is one of the group `model`."""
    return sorted(folder.name for folder in (conf_dir() / group).iterdir() if folder.is_dir())


def is_group(name: str) -> bool:
    """Whether options of a group called `name` lie in `conf`."""
    folder = conf_dir() / name
    return os.path.isdir(folder) and name.partition("/")[0] not in NO_GROUPS  # noqa: PTH112, which never raises


def groups() -> list[str]:
    """Every group, model first, those within a group after it."""
    tops = sorted(name for folder in conf_dir().iterdir() if is_group(name := folder.name) and name != "hydra")
    tops.sort(key=lambda name: (GROUPS.index(name) if name in GROUPS else len(GROUPS), name))
    return [name for top in tops for name in (top, *(f"{top}/{part}" for part in parts(top)))]


def is_choice(word: str) -> bool:
    """Whether a word chooses an option of a group: model=vae, model/adversarial_loss=hinge."""
    key = word.partition("=")[0].lstrip("+~").partition("@")[0].strip()
    return "." not in key and "" not in key.split("/") and is_group(key)
