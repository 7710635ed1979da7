"""genarium train -m: a sweep, as a queue of runs that workers serve."""

import os
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from genarium.commands.crew_size import check_workers, environments_of
from genarium.commands.plan_search import planned
from genarium.commands.worker import serve, serve_in_job
from genarium.config import compose
from genarium.config.overrides import readable
from genarium.config.sweep_words import asks_for_a_search, of_hydra, of_sweep, refuse_misspelled
from genarium.errors import UserError
from genarium.files.output_paths import refuse_unwritable
from genarium.studies import crew, sweeps
from genarium.studies.jobs import Job, jobs_of
from genarium.studies.launch import HERE, check_sweeper, launch, launcher_of
from genarium.studies.progress import SweepProgress, watched
from genarium.studies.queue import JobList, Queue
from genarium.studies.resumed_sweep import finished_before
from genarium.studies.search import Search
from genarium.studies.sweep_table import print_sweep

PLACE = ".sweep"
"""Folder within a group's, of what its workers share."""


@dataclass(frozen=True)
class SweepWords:
    """Words of a sweep: of its runs, of Hydra's launchers, and its own settings, composed."""

    runs: list[str]
    hydra: list[str]
    settings: DictConfig
    typed: str

    @property
    def again(self) -> str:
        return f"`{self.typed}` goes on where it was, and skips what is finished"


def main(args: list[str], typed: str) -> None:
    for word in args:
        refuse_misspelled(word)
    search = asks_for_a_search(args)
    if search and (sampler := [word for word in args if word.startswith("sampler=")]):
        raise UserError(f"{sampler[0]} samples from a model; what proposes trials is algorithm={sampler[0][8:]}")
    hydra, own = [word for word in args if of_hydra(word)], [word for word in args if of_sweep(word)]
    runs = [sweeps.read(word, sweep=True, search=search) for word in args if word not in own]
    settings = compose.checked([readable(word) for word in own], "sweep")
    check_workers(settings.workers)
    check_sweeper(hydra)
    launcher = launcher_of(hydra)
    words = SweepWords([word for word in runs if not starts_workers(word)], hydra, settings, typed)
    queue = plan_search(words) if search else plan_grid(words)
    if queue is None:
        return
    trainer = compose.composed(first_of(words)).trainer
    environments = environments_of(trainer, settings.workers, settings.runs_per_device, queue.total, launcher)
    run_queue(queue, words, launcher, *environments)


def starts_workers(word: str) -> bool:
    return word.startswith(("hydra/launcher", "hydra/sweeper", "hydra.launcher", "hydra.sweeper"))


def first_of(words: SweepWords) -> list[str]:
    """What the trainer of its first run is made of."""
    return next(sweeps.every_choice([word for word in words.runs if word.startswith("trainer")]))


def plan_grid(words: SweepWords) -> Queue | None:
    """Every combination of the words' values that is not finished yet, checked; None where all are."""
    for folder in sweeps.check(words.runs, sweep=True):
        refuse_unwritable(folder, "start in another folder, or set hydra.sweep.dir=FOLDER")
    rehearse(words.runs)
    return list_of(jobs_of(list(sweeps.folders(words.runs, sweep=True))))


def list_of(jobs: Sequence[Job]) -> JobList | None:
    """Queue of those that are not finished, which are said to be; None where all are."""
    before = finished_before(jobs)
    for job in before:
        print(f"finished before: {os.path.relpath(job.folder)}", file=sys.stderr)
    left = [job for job in jobs if job not in before]
    return new_queue(left) if left else None


def new_queue(jobs: Sequence[Job]) -> JobList:
    """Queue of `jobs`, one at least, in a new folder within their group's."""
    return JobList.begin(Path(jobs[0].folder).absolute().parent / PLACE / uuid.uuid4().hex[:8], jobs)


def plan_search(words: SweepWords) -> Queue:
    """The study of a search, new or taken up."""
    folder, spec, examples = planned(words.runs, words.settings)
    refuse_unwritable(folder, "start in another folder, or set hydra.sweep.dir=FOLDER")
    rehearse(examples, is_search=True)
    return Search.begin(folder / PLACE, spec)


def rehearse(words: list[str], is_search: bool = False) -> None:
    """Rehearsal of a sweep: prepare every model and data set, and of a search what measures its objective, so that
    errors appear before the first job."""
    from genarium.training.build import built, prepare  # torch takes seconds: it comes when nothing is misspelled

    def check(job: Sequence[str]) -> None:
        config = compose.composed(job)
        OmegaConf.resolve(config)
        data, model = prepare(config)
        if is_search and config.callbacks.get("evaluate"):
            built(config.callbacks.evaluate, "callbacks.evaluate").evaluation.steps(model, data)

    for job in sweeps.different(words):
        try:
            check(job)
        except UserError as error:
            raise UserError(sweeps.blamed(words, job, error, check)) from None


def run_queue(queue: Queue, words: SweepWords, launcher: str, workers: int, environments: list[dict[str, str]]) -> None:
    """Serve `queue`, then say what came of it."""
    progress = serve_queue(queue, words.hydra, words.again, launcher, workers, environments)
    print_sweep(queue)
    report(queue, progress, words.again)


def serve_queue(
    queue: Queue, hydra: Sequence[str], again: str, launcher: str, workers: int, environments: list[dict[str, str]]
) -> SweepProgress:
    """Serve `queue` by workers until it is empty; failed runs do not end the others."""
    crew.share(queue.folder, environments)
    if launcher in (HERE, "basic") and workers == 1:
        how = "one after another"
    else:
        how = f"{workers} at a time; what they print: {os.path.relpath(queue.folder / 'workers')}"
    print(f"{queue.total} runs, {how}", file=sys.stderr)
    progress = SweepProgress(queue).begin()
    try:
        with watched(progress):
            if launcher in (HERE, "basic") and workers == 1:
                serve(queue.folder)
            else:
                launch(queue.folder, hydra, workers, serve_in_job)
    except (SystemExit, KeyboardInterrupt, UserError):
        print(f"the rest of the sweep: {again}", file=sys.stderr)
        raise
    return progress


def report(queue: Queue, progress: SweepProgress, again: str) -> None:
    """UserError where runs failed, or were left by workers that were lost."""
    if count := len(progress.failed):
        raise UserError(f"{count} runs of the sweep failed, each for the reason above; once mended: {again}")
    if left := queue.total - len(progress.outcomes):
        raise UserError(f"{left} runs of the sweep were left by workers that were lost: {again}")
