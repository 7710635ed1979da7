"""Jobs of a study, trained by the workers of a sweep, of whatever launcher."""

from collections.abc import Sequence

from genarium.commands.crew_size import environments_of
from genarium.commands.train_sweep import list_of, serve_queue
from genarium.config import compose
from genarium.studies.jobs import Job, Outcome
from genarium.studies.launch import launcher_of


def train_jobs(jobs: Sequence[Job], hydra: Sequence[str], workers: int | str, again: str) -> dict[str, Outcome]:
    """Train every job, several at a time; a failed one does not end the others. `hydra` are words that choose a
    launcher, `again` how to go on where this is cut. -> outcome by folder, of those that were not finished before."""
    queue = list_of(jobs)
    if queue is None:
        return {}
    launcher = launcher_of(hydra)
    trainer = compose.composed(queue.jobs[0].words).trainer
    environments = environments_of(trainer, workers, 1, queue.total, launcher)
    serve_queue(queue, hydra, again, launcher, *environments)
    return {folder: outcome for folder, (_, outcome) in queue.settled().items()}
