"""Random kills: whoever is killed, and whenever, a search comes to the same runs as one that nobody disturbed."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import psutil
import torch

from genarium.runs.run import Run, find_runs
from genarium.studies.search import Search
from small import SMALL, start, tiny

KILLS = int(os.environ.get("GENARIUM_TEST_KILLS", "2"))
TRIALS = max(4, KILLS // 5)
WORDS = [
    "train", "-m", "model=ae", *SMALL, *tiny("ae"),
    "model.optimizers.autoencoder.optimizer.lr=tag(log,interval(1e-4,1e-2))",
    "callbacks.checkpoints.every=64", "total_images=960", "objective=val/loss", "algorithm=random",
    f"trials={TRIALS}", "workers=2",
]  # fmt: skip
"""Of points that are drawn by their number alone."""


def kill(pid: int, everybody: bool, draw: random.Random) -> None:
    """SIGKILL to the sweep and all of its workers, or to one worker."""
    workers = [child for child in psutil.Process(pid).children() if "worker" in child.cmdline()]
    for process in [psutil.Process(pid), *workers] if everybody else draw.sample(workers, min(1, len(workers))):
        process.send_signal(signal.SIGKILL)


def disturbed(folder: Path, kills: int, draw: random.Random) -> int:
    """The search in `folder`, killed `kills` times on its way, and started again until it ends. -> its starts"""
    starts = 0
    while True:
        sweep, starts = start(*WORDS, "group=s", cwd=folder), starts + 1
        while kills and sweep.poll() is None:
            time.sleep(draw.uniform(0.5, 8))
            if sweep.poll() is None:
                kills -= 1
                kill(sweep.pid, draw.random() < 0.5, draw)
        sweep.process.join()
        if sweep.returncode == 0:
            return starts
        assert sweep.returncode in (-9, 2), sweep.communicate()


def weights(run: Run) -> dict:
    state = torch.load(run.last, weights_only=True)["state_dict"]
    return {name: tensor for name, tensor in state.items() if torch.is_tensor(tensor)}


def test_a_search_that_is_killed_at_random_moments_comes_to_the_same_runs_bit_for_bit(tmp_path):
    places = {name: tmp_path / name for name in ("killed", "alone")}
    for place in places.values():
        place.mkdir()
    starts = disturbed(places["killed"], KILLS, random.Random(int(os.environ.get("GENARIUM_TEST_SEED", "0"))))
    disturbed(places["alone"], 0, random.Random(0))
    found = {name: find_runs([place / "runs"]) for name, place in places.items()}
    print(f"{KILLS} kills, {starts} starts", file=sys.stderr)
    for one, other in zip(found["killed"], found["alone"], strict=True):
        assert one.folder.name == other.folder.name and one.status() == other.status() == "finished"
        mine, theirs = weights(one), weights(other)
        assert all(torch.equal(mine[name], theirs[name]) for name in mine), one.folder.name
        logged = [(images, name) for images, name, _ in one.rows()]
        assert len(logged) == len(set(logged))
    trials = {name: Search.load(place / "runs/s/.sweep").trials() for name, place in places.items()}
    killed, alone = trials["killed"], trials["alone"]
    assert [trial.number for trial in killed] == list(range(TRIALS))
    assert [trial.params for trial in killed] == [trial.params for trial in alone]
    assert [trial.values for trial in killed] == [trial.values for trial in alone]
