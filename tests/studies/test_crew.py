"""Workers of a sweep: several runs at a time, each as if it were alone, whoever is killed."""

import os
import signal
import threading

import psutil
import pytest
import torch

from genarium.commands import train
from genarium.commands.crew_size import cores, environments_of
from genarium.config.compose import composed
from genarium.errors import UserError
from genarium.runs.run import Run, find_runs
from genarium.studies.jobs import BEFORE, FAILED, FINISHED, IN_USE, LOST, Job, Outcome
from genarium.studies.progress import SweepProgress
from genarium.studies.queue import JobList
from small import SMALL, small_run, start, tiny, wait_for

WORDS = ["-m", "model=ae", *SMALL, *tiny("ae"), "callbacks.checkpoints.every=64", "name=s${seed}"]


def weights(run: Run) -> dict:
    state = torch.load(run.last, weights_only=True)["state_dict"]
    return {name: tensor for name, tensor in state.items() if torch.is_tensor(tensor)}


def workers_of(pid: int) -> list[int]:
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


def test_a_sweep_that_is_told_to_end_saves_all_of_its_runs_and_a_larger_budget_goes_on_with_them(tmp_path):
    words = ["train", *WORDS, "workers=2", "seed=0,1"]
    sweep = start(*words, "total_images=40_000", cwd=tmp_path)
    runs = [Run(tmp_path / f"runs/default/s{seed}") for seed in (0, 1)]
    wait_for(lambda: all(run.last.exists() for run in runs), sweep)
    sweep.send_signal(signal.SIGTERM)
    _, said = sweep.communicate(timeout=120)
    assert sweep.returncode == 143 and "the rest of the sweep: `genarium train" in said
    assert [run.status() for run in runs] == ["interrupted", "interrupted"]


def test_a_larger_budget_goes_on_with_finished_runs(tmp_path):
    small_run("ae", tmp_path / "runs/default/s0", "seed=0", "callbacks.checkpoints.every=64", images=64)
    words = ["train", *WORDS, "workers=1", "seed=0"]
    sweep = start(*words, "total_images=128", cwd=tmp_path)
    _, said = sweep.communicate(timeout=120)
    run = Run(tmp_path / "runs/default/s0")
    assert sweep.returncode == 0 and run.result()["images_seen"] == 128, said
    sweep = start(*words, "total_images=128", cwd=tmp_path)
    _, said = sweep.communicate(timeout=120)
    assert sweep.returncode == 0 and "finished before: runs/default/s0" in said


def test_as_many_workers_as_cores_one_thread_each_and_never_more_than_runs(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    trainer = composed(["trainer=cpu"]).trainer
    assert environments_of(trainer, "auto", 1, 1, "workers") == (1, [{"OMP_NUM_THREADS": str(cores())}])
    assert environments_of(trainer, 3, 1, 8, "workers") == (3, [{"OMP_NUM_THREADS": str(max(1, cores() // 3))}] * 3)
    assert environments_of(composed(["trainer=ddp"]).trainer, "auto", 1, 8, "workers")[0] == 1
    assert environments_of(trainer, "auto", 1, 20, "submitit_slurm") == (8, [])
    assert environments_of(trainer, 3, 1, 8, "basic")[0] == 1
    for word in ("workers=0", "workers=-1", "workers=two"):
        with pytest.raises(UserError, match=f"{word}: must be auto or a whole number, 1 or more"):
            train.main(["-m", "seed=0,1", word])
    with pytest.raises(UserError, match="workers=2 is for sweeps: add -m"):
        train.main(["seed=0", "workers=2"])


def test_small_models_share_a_gpu(monkeypatch):
    monkeypatch.setattr("genarium.commands.crew_size.visible_gpus", lambda: ["0", "1"])
    trainer = composed(["trainer=gpu"]).trainer
    assert environments_of(trainer, "auto", 1, 8, "workers")[0] == 2
    count, environments = environments_of(trainer, "auto", 2, 8, "workers")
    assert count == 4 and [one["CUDA_VISIBLE_DEVICES"] for one in environments] == ["0", "1", "0", "1"]


def test_several_workers_run_each_job_of_a_list_once(tmp_path):
    jobs = [Job((), f"runs/{number}") for number in range(20)]
    queue, ran = JobList.begin(tmp_path, jobs), []

    def run(job, report):
        ran.append(job.name)
        return Outcome(FINISHED)

    workers = [threading.Thread(target=JobList.load(tmp_path).serve, args=(run,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ran, key=int) == [job.name for job in jobs]
    assert len(queue.settled()) == 20 and queue.running() == 0


def test_a_job_whose_worker_is_lost_five_times_in_a_row_has_failed(tmp_path):
    JobList.begin(tmp_path, [Job((), "runs/0")])

    def killed(job, report):
        os._exit(9)

    for _ in range(5):
        if not (pid := os.fork()):
            JobList.load(tmp_path).serve(killed)
        os.waitpid(pid, 0)
    queue = JobList.load(tmp_path)
    queue.serve(killed)
    assert queue.outcome(0) == Outcome(FAILED, LOST)


def test_a_run_that_is_in_use_elsewhere_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("genarium.studies.queue.ELSEWHERE", 0.01)
    answers = [Outcome(IN_USE), Outcome(IN_USE), Outcome(BEFORE)]
    queue = JobList.begin(tmp_path, [Job((), "runs/0")])
    queue.serve(lambda job, report: answers.pop(0))
    assert not answers and queue.outcome(0) == Outcome(BEFORE)


def test_the_line_of_a_sweep_counts_what_it_was_given(tmp_path, capsys):
    queue = JobList.begin(tmp_path, [Job((), f"runs/{number}") for number in range(4)])
    answers = [Outcome(FINISHED), Outcome(FAILED, "the disk is full"), Outcome(BEFORE)]
    with pytest.raises(IndexError):
        queue.serve(lambda job, report: answers.pop(0))
    progress = SweepProgress(queue)
    progress.look()
    assert "about" not in SweepProgress(queue).begin().line()  # what was done before says nothing of the rest
    assert progress.line().startswith("3/4 done, 1 failed, about ")
    assert "failed: 1: the disk is full" in capsys.readouterr().err
    assert Job.from_line(queue.jobs[1].as_line()) == queue.jobs[1]


def test_a_full_disk_ends_a_sweep_in_a_sentence_and_fails_no_run(tmp_path, monkeypatch, capsys):
    """The error that a full disk raises in training, at the first of two runs: neither counts as failed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Run, "append", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    words = [*WORDS, "workers=1", "hydra/launcher=basic", "seed=0,1", "total_images=64"]
    with pytest.raises(UserError, match="the disk is full: free some space"):
        train.main(words)
    assert "the rest of the sweep: `genarium train" in capsys.readouterr().err
    assert not list(tmp_path.rglob("outcomes/*.json"))
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    train.main(words)
    assert [run.status() for run in find_runs([tmp_path / "runs"])] == ["finished", "finished"]
