"""Upload to Weights & Biases of what runs logged while it could not be reached: `wandb sync`, part by part."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from genarium.runs.run import Run

PATIENCE = 0.3  # seconds between two looks at what is done
AT_ONCE = "4"  # runs uploaded at a time; parts of one run go in turn
NOT_PASSED_ON = ("WANDB_SERVICE", "WANDB_SILENT")
"""Variables of W&B's: by which its program would share this process's service, and say nothing of its errors."""
MARK = ".wandb.synced"
"""Ending of the file by which W&B knows what it has."""


def waiting(run: Run) -> list[Path]:
    """Parts of a run that W&B has not, in the order in which they were logged: one of each training, resume and
    evaluation while offline."""
    logs = sorted((run.folder / "wandb").glob("offline-run-*/*.wandb"))
    return [log for log in logs if not is_uploaded(log)]


def is_uploaded(log: Path) -> bool:
    return log.with_suffix(MARK).exists()


def upload(logs: Sequence[Path], done: Callable[[int], object]) -> tuple[list[Path], str]:
    """Uploads `logs`; `done` is told how many are there. -> (those that are not, what W&B says of it)"""
    command = [sys.executable, "-m", "wandb", "sync", "-n", AT_ONCE, *map(str, logs)]
    own = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    to = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    process = subprocess.Popen(command, env=own, **to)
    try:
        printed = followed(process, lambda: done(sum(map(is_uploaded, logs))))
    finally:
        process.terminate()
        process.wait()
    done(sum(map(is_uploaded, logs)))
    return [log for log in logs if not is_uploaded(log)], complaint(printed)


def followed(process: subprocess.Popen[str], look: Callable[[], object]) -> str:
    """What a process prints until it ends; `look` is called on the way."""
    while True:
        try:
            return process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            look()


def complaint(printed: str) -> str:
    """Last error in the words of W&B's program, else ''."""
    lines = [line.partition("ERROR ")[2].strip() for line in printed.splitlines()]
    panics = [line for line in printed.splitlines() if line.startswith("panic:")]
    return ([line for line in lines if line] or panics or [""])[-1]
