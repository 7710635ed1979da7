"""A sweep's own cost: what a search takes a trial when 1,000 are in its journal, and what two workers save on a CPU."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from genarium.bench import Row
from genarium.runs.run import Run
from genarium.studies.jobs import FINISHED, Job, Outcome
from genarium.studies.objective import SearchObjective
from genarium.studies.search import Search
from genarium.studies.spec import Spec

TRIALS, LAST, MINUTE = 1000, 50, 60.0
SPACE = ("model.beta=tag(log,interval(0.5,32))", "model.latent_dim=choice(8,16,32,64)")
RUNS, IMAGES = 8, 6_000


def rows() -> list[Row]:
    """Two rows; some four minutes on two cores."""
    return [overhead(), workers()]


def overhead() -> Row:
    """Median time of the last trials of a TPE search whose runs take none."""
    spec = Spec(
        study="bench", words=(), space=SPACE, whole=(), objectives=(SearchObjective("seconds", "minimize"),),
        constraints=(), seeds=1, first_seed=0, trials=TRIALS, budget=1, algorithm="tpe", pruner="none", storage=None,
    )  # fmt: skip
    ended, between = [time.perf_counter()], []

    def run(job: Job, report: object) -> Outcome:
        between.append(time.perf_counter() - ended[-1])
        Run(Path(job.folder)).update_result(seconds=float(len(between) % 17))
        ended.append(time.perf_counter())
        return Outcome(FINISHED)

    with tempfile.TemporaryDirectory() as group:
        Search.begin(Path(group) / ".sweep", spec).serve(run)
    took = statistics.median(between[-LAST:])
    note = f"median of the last {LAST} of {TRIALS} trials, {took * 1e3:.0f} ms each, over a minute"
    return Row("a search's own time : a trial of a minute", took / MINUTE, "<= 0.01", "x", note)


def workers() -> Row:
    """Runs of the demo's VAE by two workers of one thread, and by one with all threads."""
    two, one = took(2), took(1)
    note = f"{RUNS} runs of {IMAGES:,} images, {two:.0f} against {one:.0f} s, {os.cpu_count()} cores"
    return Row("two workers of one thread : one of all, time of a sweep", two / one, "<= 0.8", "x", note)


def took(workers: int) -> float:
    words = [
        "-m", f"seed=range(0,{RUNS})", "model=vae", "model.latent_dim=16", f"total_images={IMAGES}", "data=garden",
        "callbacks=infrequent", "logger=none", "trainer=cpu", "group=bench", f"workers={workers}",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [sys.executable, "-m", "genarium.cli", "train", *words]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        return time.perf_counter() - began
