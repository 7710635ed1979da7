"""A sweep that is started once more: what is finished is left alone, what was cut goes on, the rest begins."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from genarium.config import compose, recipe
from genarium.config.resume import PLACES, changed
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.studies.jobs import Job

SAME = ("model", "data", "seed")
"""What makes two runs of one folder the same run."""
DONE = ("finished", "pruned")


def to_do(run: Run, config: DictConfig) -> tuple[DictConfig | None, bool]:
    """(the configuration to train with, None where there is nothing left to do; whether on from a checkpoint).

    A larger budget than the run's goes on with it. UserError where the folder holds a run of other settings.
    """
    if not run.config.exists() and not run.last.exists():
        return config, False
    held, now = recipe.read(run.config), compose.settled(config)
    further = now["total_images"] > held["total_images"]
    found = changed(run, [f"total_images={now['total_images']}"] if further else [])
    held = compose.settled(found)
    for key in (*SAME, "total_images"):
        refuse_another(run, key, held[key], now[key])
    return (None if run.status() in DONE and not further else found), True


def finished_before(jobs: Sequence[Job]) -> list[Job]:
    """Those with nothing left to do. A folder that holds another run is not one of them: training it says so."""
    return [job for job in jobs if is_finished(job)]


def is_finished(job: Job) -> bool:
    run = Run(Path(job.folder))
    try:
        return run.status() in DONE and to_do(run, compose.composed(job.words))[0] is None
    except UserError:
        return False


def refuse_another(run: Run, key: str, held: Any, now: Any) -> None:
    if isinstance(held, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*now, *held]):
            if not (key.startswith("data") and name in PLACES):
                refuse_another(run, f"{key}.{name}", held.get(name), now.get(name))
    elif held != now:
        raise UserError(
            f"{run.folder} already holds another run (its {key} is {held}, here it is {now}): choose another group=… "
            f"or name=…, or delete the folder"
        )
