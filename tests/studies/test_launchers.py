"""Sweeps by launchers of other packages, on the real thing: joblib, submitit, SLURM, Ray; a search in PostgreSQL."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import optuna
import psutil
import pytest
import torch
from postgres_server import postgres_server
from postgres_server import why_none as why_no_postgres
from ray_cluster import ray_cluster
from ray_cluster import why_none as why_no_ray
from slurm_node import asked, slurm_node
from slurm_node import why_none as why_no_slurm

from genarium.runs.run import Run, find_runs
from small import SMALL, environment, small_run, tiny, wait_for

WORDS = ["-m", "model=ae", *SMALL, *tiny("ae"), "callbacks.checkpoints.every=64", "name=s${seed}", "workers=2"]
LAUNCHERS = ("joblib", "submitit_local", "submitit_slurm", "ray")
KILLED = pytest.mark.parametrize("launcher", ["joblib", "submitit_slurm"], indirect=True)
"""One of each kind: all of a machine's workers end with one, or they do not."""


@pytest.fixture(scope="module")
def slurm() -> Iterator[dict[str, str]]:
    if why := why_no_slurm():
        pytest.skip(why)
    with slurm_node() as variables:
        yield variables


@pytest.fixture(scope="module")
def ray() -> Iterator[dict[str, str]]:
    if why := why_no_ray():
        pytest.skip(why)
    with ray_cluster() as variables:
        yield variables


@pytest.fixture(params=LAUNCHERS)
def launcher(request, monkeypatch) -> str:
    """The word that chooses one, with the variables by which its cluster is found."""
    cluster = {"submitit_slurm": "slurm", "ray": "ray"}.get(request.param)
    for name, value in (request.getfixturevalue(cluster) if cluster else {}).items():
        monkeypatch.setenv(name, value)
    return f"hydra/launcher={request.param}"


def start(*words: str, cwd: Path) -> subprocess.Popen:
    """`genarium train words`, not forked: launchers have processes of their own to end."""
    command = [sys.executable, "-m", "genarium.cli", "train", *words]
    return subprocess.Popen(command, cwd=cwd, env=environment(), stderr=subprocess.PIPE, text=True)


def statuses(folder: Path) -> list[str]:
    return [Run(folder / f"runs/default/s{seed}").status() for seed in (0, 1, 2)]


def test_runs_finish_and_one_that_fails_is_a_sentence_under_every_launcher(launcher, tmp_path):
    small_run("vae", tmp_path / "runs/default/s2", images=64)
    words = [*WORDS, launcher, "seed=0,1,2", "total_images=128"]
    sweep = start(*words, cwd=tmp_path)
    _, said = sweep.communicate(timeout=300)
    assert sweep.returncode == 2, said
    assert "failed: s2: " in said and "already holds another run" in said and "1 runs of the sweep failed" in said
    assert statuses(tmp_path)[:2] == ["finished"] * 2


def workers_of(folder: Path) -> dict[int, int]:
    """Number of each worker of the sweep in `folder` -> its process, known by the file that it prints to."""
    found = {}
    for process in psutil.process_iter():
        try:
            printed = str(Path(f"/proc/{process.pid}/fd/1").readlink())
        except OSError:
            continue
        if printed.startswith(str(folder)) and Path(printed).parent.name == "workers":
            found[int(Path(printed).stem)] = process.pid
    return found


@KILLED
def test_a_killed_worker_loses_nothing_under_any_launcher(launcher, tmp_path):
    words = [*WORDS, launcher, "seed=0,1,2", "total_images=1_280"]
    sweep = start(*words, cwd=tmp_path)
    wait_for(Run(tmp_path / "runs/default/s0").last.exists, sweep)
    os.kill(workers_of(tmp_path)[0], signal.SIGKILL)
    _, said = sweep.communicate(timeout=300)
    assert sweep.returncode == 0, said
    assert statuses(tmp_path) == ["finished"] * 3
    alone = small_run("ae", tmp_path / "alone", "seed=0", "callbacks.checkpoints.every=64", images=1280)
    assert_same_weights(alone, Run(tmp_path / "runs/default/s0"))


def assert_same_weights(one: Run, other: Run) -> None:
    states = [torch.load(run.last, weights_only=True)["state_dict"] for run in (one, other)]
    for name, tensor in states[0].items():
        assert not torch.is_tensor(tensor) or torch.equal(tensor, states[1][name]), name


def test_a_run_that_slurm_signals_ahead_of_its_end_is_saved_queued_again_and_goes_on(slurm, monkeypatch, tmp_path):
    for name, value in slurm.items():
        monkeypatch.setenv(name, value)
    sweep = start(*WORDS, "hydra/launcher=submitit_slurm", "workers=1", "seed=0,1", "total_images=1_280", cwd=tmp_path)
    run = Run(tmp_path / "runs/default/s0")
    wait_for(run.last.exists, sweep)
    [job] = asked("squeue", "--noheader", "--format=%i", **slurm).split()
    asked("scancel", "--signal=USR2", job, **slurm)
    _, said = sweep.communicate(timeout=300)
    assert sweep.returncode == 0, said
    assert "Restarts=1" in asked("scontrol", "show", "job", job, **slurm)
    [printed] = tmp_path.glob("runs/default/.sweep/*/workers/0.log")
    assert "interrupted, and saved" in printed.read_text()
    alone = small_run("ae", tmp_path / "alone", "seed=0", "callbacks.checkpoints.every=64", images=1280)
    assert_same_weights(alone, run)


def test_workers_of_a_search_share_postgresql(tmp_path):
    if why := why_no_postgres():
        pytest.skip(why)
    with postgres_server() as address:
        words = [
            "-m", "hydra/sweeper=optuna", "model=beta_vae", *SMALL, *tiny("beta_vae"), "total_images=320", "trials=4",
            "model.beta=tag(log,interval(0.5,32))", "objective=mig/val", "callbacks=search", "group=found",
            "workers=2", f"storage='{address}'",
        ]  # fmt: skip
        sweep = start(*words, cwd=tmp_path)
        _, said = sweep.communicate(timeout=300)
        assert sweep.returncode == 0, said
        [study] = optuna.get_all_study_summaries(address)
        trials = optuna.load_study(study_name=study.study_name, storage=address).trials
    assert [trial.number for trial in trials] == [0, 1, 2, 3]
    assert {trial.state.name for trial in trials} == {"COMPLETE"}
    assert sorted(run.folder.name for run in find_runs([tmp_path / "runs/found"])) == [f"t000{n}" for n in range(4)]
    assert not list(tmp_path.rglob("journal.log"))
