"""Jobs of a study, given to the workers of a sweep, of whatever launcher."""

from collections.abc import Callable, Sequence
from pathlib import Path

from genarium.commands.crew_size import environments_of
from genarium.commands.train_sweep import new_queue, serve_queue
from genarium.config import compose
from genarium.studies.jobs import Job, Outcome
from genarium.studies.launch import launcher_of


def serve_jobs(
    jobs: Sequence[Job], hydra: Sequence[str], workers: int | str, again: str, prepare: Callable[[Path], None]
) -> dict[str, Outcome]:
    """Every job done, several at a time; a failed one does not end the others. `hydra` are words that choose a
    launcher, `again` how to go on where this is cut; `prepare` is given the queue's folder before any worker is.
    -> outcome by folder of run."""
    queue = new_queue(jobs)
    prepare(queue.folder)
    launcher = launcher_of(hydra)
    trainer = compose.composed(queue.jobs[0].words).trainer
    environments = environments_of(trainer, workers, 1, queue.total, launcher)
    serve_queue(queue, hydra, again, launcher, *environments)
    return {folder: outcome for folder, (_, outcome) in queue.settled().items()}
