"""Workers of a sweep: several runs at a time, each as if it were alone, whoever is killed."""

import os
import signal

import pytest
import torch

from genarium.commands import train
from genarium.commands.crew_size import cores, crew_environments
from genarium.config.compose import composed
from genarium.errors import UserError
from genarium.runs.run import Run, find_runs
from genarium.studies.crew import Crew
from genarium.studies.jobs import BEFORE, FAILED, FINISHED, IN_USE, Job, Outcome
from genarium.studies.progress import SweepProgress
from small import SMALL, small_run, start, tiny, wait_for

WORDS = ["-m", "model=ae", *SMALL, *tiny("ae"), "callbacks.checkpoints.every=64", "name=s${seed}"]


def weights(run: Run) -> dict:
    state = torch.load(run.last, weights_only=True)["state_dict"]
    return {name: tensor for name, tensor in state.items() if torch.is_tensor(tensor)}


def workers_of(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children() if "worker" in child.cmdline()]


def test_a_killed_worker_loses_nothing_and_a_failed_run_is_one_sentence(tmp_path):
    """Three runs by two workers, the first of which is killed; seed 2 has a folder of another run."""
    small_run("vae", tmp_path / "runs/default/s2", images=64)
    sweep = start("train", *WORDS, "workers=2", "seed=0,1,2", "total_images=640", cwd=tmp_path)
    run = Run(tmp_path / "runs/default/s0")
    wait_for(run.last.exists, sweep)
    os.kill(workers_of(sweep.pid)[0], signal.SIGKILL)
    _, said = sweep.communicate(timeout=240)
    assert sweep.returncode == 2, said
    assert "failed: s2: " in said and "already holds another run" in said and "1 runs of the sweep failed" in said
    found = {run.folder.name: run for run in find_runs([tmp_path / "runs"])}
    assert found["s0"].status() == found["s1"].status() == "finished"
    alone = small_run("ae", tmp_path / "alone", "seed=0", "callbacks.checkpoints.every=64", images=640)
    for name, tensor in weights(alone).items():
        assert torch.equal(tensor, weights(found["s0"])[name]), name
    numbers = [(images, name) for images, name, _ in found["s0"].rows()]
    assert len(numbers) == len(set(numbers))


def test_a_sweep_that_is_told_to_end_saves_all_of_its_runs(tmp_path):
    sweep = start("train", *WORDS, "workers=2", "seed=0,1", "total_images=40_000", cwd=tmp_path)
    runs = [Run(tmp_path / f"runs/default/s{seed}") for seed in (0, 1)]
    wait_for(lambda: all(run.last.exists() for run in runs), sweep)
    sweep.send_signal(signal.SIGTERM)
    _, said = sweep.communicate(timeout=120)
    assert sweep.returncode == 143 and "the rest of the sweep: `genarium train" in said
    assert [run.status() for run in runs] == ["interrupted", "interrupted"]


def test_as_many_workers_as_cores_one_thread_each_and_never_more_than_runs(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    trainer = composed(["trainer=cpu"]).trainer
    assert crew_environments(trainer, None, 1) == [{"OMP_NUM_THREADS": str(cores())}]
    assert crew_environments(trainer, 3, 8) == [{"OMP_NUM_THREADS": str(max(1, cores() // 3))}] * 3
    assert len(crew_environments(composed(["trainer=ddp"]).trainer, None, 8)) == 1
    for word in ("workers=0", "workers=-1", "workers=two"):
        with pytest.raises(UserError, match=f"{word}: must be auto or a whole number, 1 or more"):
            train.main(["-m", "seed=0,1", word])
    with pytest.raises(UserError, match="workers=2 is for sweeps: add -m"):
        train.main(["seed=0", "workers=2"])


def test_what_keeps_workers_from_their_jobs_is_raised(tmp_path):
    (tmp_path / "logs").write_text("a file where the folder of logs would be")
    jobs, seen = [Job((), "runs/0"), Job((), "runs/1")], []
    with pytest.raises(FileExistsError):
        Crew([{}, {}], tmp_path / "logs").run(jobs, lambda job, outcome: seen.append(outcome))
    assert seen and set(seen) == {None}


def test_the_line_of_a_sweep_counts_what_it_was_given(capsys):
    progress, jobs = SweepProgress(4), [Job((), f"runs/{number}") for number in range(4)]
    for job in jobs:
        progress(job, None)
    progress(jobs[0], Outcome(FINISHED))
    progress(jobs[1], Outcome(FAILED, "the disk is full"))
    progress(jobs[2], Outcome(BEFORE))
    progress(jobs[3], Outcome(IN_USE))
    assert progress.line().startswith("3/4 done, 1 failed, about ")
    assert "failed: 1: the disk is full" in capsys.readouterr().err
    assert Job.from_line(jobs[1].as_line()) == jobs[1]
