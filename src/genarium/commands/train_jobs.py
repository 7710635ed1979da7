"""Jobs of a study, trained by the workers of a sweep."""

import sys
from collections.abc import Sequence
from pathlib import Path

from genarium.commands.crew_size import crew_environments
from genarium.commands.train import run_in_turn, shown
from genarium.config import compose
from genarium.studies.crew import Crew
from genarium.studies.jobs import BEFORE, Job, Outcome
from genarium.studies.progress import SweepProgress
from genarium.studies.resumed_sweep import finished_before


def train_jobs(jobs: Sequence[Job], workers: int | None) -> dict[str, Outcome]:
    """Train every job, several at a time; a failed one does not end the others. -> outcome by folder."""
    progress = SweepProgress(len(jobs))
    before = finished_before(jobs)
    for job in before:
        progress(job, Outcome(BEFORE))
    todo = [job for job in jobs if job not in before]
    if not todo:
        return progress.outcomes
    environments = crew_environments(compose.composed(todo[0].words).trainer, workers, len(todo))
    if len(environments) > 1:
        logs = Path(todo[0].folder).parent / ".workers"
        print(f"{len(todo)} runs, {len(environments)} at a time; what they print: {shown(logs)}", file=sys.stderr)
        Crew(environments, logs).run(todo, progress)
    else:
        run_in_turn(todo, progress)
    return progress.outcomes
