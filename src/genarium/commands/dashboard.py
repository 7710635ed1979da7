"""genarium dashboard: a workspace for a W&B project that shows what `genarium compare` does."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from genarium.commands.key_values import no_options, parse_key_values
from genarium.errors import UserError
from genarium.runs.run import Run, find_runs

HELP = """genarium dashboard [ENTITY/]PROJECT [RUNS…] [--dry]: a workspace for a W&B project

Runs are grouped by all settings but the seed: curves with bands, measured numbers, parallel coordinates, importance,
pictures. RUNS, folders of runs (runs/ where none is named), say which settings differ and what was logged and measured.
--dry prints the workspace as JSON, without an account.

Examples
  genarium dashboard genarium
  genarium dashboard my-team/genarium runs/beta runs/capacity
  genarium dashboard genarium runs/default --dry > workspace.json
"""
DEFAULT = "runs"


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    _, words = parse_key_values([word for word in args if word != "--dry"], {})
    if not no_options(words, ["--dry"]):
        raise UserError("say which project of W&B: genarium dashboard genarium")
    project, *folders = words
    if Path(project).is_dir() and "/" in project:
        raise UserError(
            f"{project} is a folder: name a project of W&B first, as in genarium dashboard genarium {project}"
        )
    if not all(part.strip() for part in project.split("/")) or project.count("/") > 1:
        raise UserError(f"'{project}' is no project of W&B: name it, or ENTITY/PROJECT, as in my-team/genarium")
    from genarium.runs.trackers.check import need

    need("dashboard", "genarium dashboard")
    runs = find_runs(folders or [DEFAULT])
    if "--dry" in args:
        return print(as_json(workspace_of(runs, project, "ENTITY")))
    from genarium.runs import wandb_server

    if why := wandb_server.reason():
        raise UserError(f"no dashboard was made ({why}): mend that, or add --dry for its JSON without an account")
    print(address_of(workspace_of(runs, project, wandb_server.entity())))


def workspace_of(runs: Sequence[Run], project: str, entity: str) -> Any:
    """The workspace for `project`, of `entity` where it names none itself."""
    from genarium.reports.dashboard import contents, workspace
    from genarium.reports.run_record import records

    owner, _, name = project.rpartition("/")
    return workspace(owner or entity, name, contents(records(runs)))


def as_json(workspace: Any) -> str:
    return json.dumps(workspace._to_model().model_dump(by_alias=True, mode="json"), indent=2)


def address_of(workspace: Any) -> str:
    """Saves it at W&B. -> its address; UserError where W&B refuses it."""
    try:
        return workspace.save().url
    except Exception as error:  # wandb-workspaces passes on whatever its client meets
        said = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"W&B refuses the dashboard ({said[:200]}): is there a project of this name?") from None
