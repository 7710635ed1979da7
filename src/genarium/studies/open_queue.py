"""The queue that a folder holds."""

from pathlib import Path

from genarium.errors import UserError
from genarium.studies.queue import JobList, Queue
from genarium.studies.search import Search
from genarium.studies.spec import FILE


def open_queue(folder: Path) -> Queue:
    """A search where the folder says what is searched, a list of jobs else."""
    if (folder / FILE).is_file():
        return Search.load(folder)
    if (folder / "jobs.json").is_file():
        return JobList.load(folder)
    raise UserError(f"{folder} holds no queue of a sweep")
