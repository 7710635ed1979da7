"""One process writes in a run's folder; a task's number is no rank; a sweep goes on where it was."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from genarium import cli
from genarium.callbacks.log_terms import LogTerms
from genarium.commands.train import resume
from genarium.distributed import ranks
from genarium.errors import UserError
from genarium.files import lock
from genarium.runs.run import Run, find_runs
from small import SMALL, small_run, tiny

HOLD = "import sys; from pathlib import Path; from genarium.files import lock\nwith lock.alone(Path(sys.argv[1])): print('has it', flush=True); sys.stdin.read()"  # noqa: E501


@pytest.fixture
def somebody(tmp_path):
    """Another process that holds the lock of tmp_path / "run"."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "run")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "has it\n"
    yield process
    process.kill()
    process.communicate()


def contents(run: Run) -> dict:
    return {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file() and path.name[0] != "."}


def test_a_run_that_another_process_writes_is_neither_trained_nor_gone_on_with(tmp_path, somebody):
    run = small_run("ae", tmp_path / "done", images=64)
    run.folder.joinpath("config.yaml").rename(tmp_path / "run/config.yaml")
    held = Run(tmp_path / "run")
    before = contents(held)
    for begin in (lambda: resume(str(held.folder), ["total_images=128"]), lambda: small_run("ae", held.folder)):
        with pytest.raises(UserError, match=f"runs in process {somebody.pid} on {socket.gethostname()} since"):
            begin()
    assert contents(held) == before


def test_a_lock_is_free_once_its_holder_is_killed(tmp_path, somebody):
    assert lock.held(tmp_path / "run" / lock.LOCK)
    somebody.kill()
    somebody.communicate()
    assert not lock.held(tmp_path / "run" / lock.LOCK)
    with lock.alone(tmp_path / "run"):
        assert lock.held(tmp_path / "run" / lock.LOCK)
    assert not list((tmp_path / "run").iterdir())


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"status": "running", "pid": 2**22 + 1, "host": socket.gethostname()}, "interrupted"),
        ({"status": "running", "pid": 2**22 + 1, "host": "another"}, "running"),
        ({"status": "running", "pid": 2**22 + 1, "started": "2026-01-01T00:00:00+00:00"}, "interrupted"),
        ({"status": "running", "pid": os.getpid(), "started": "2026-01-01T00:00:00+00:00"}, "interrupted"),  # a new one
        ({"status": "running", "pid": os.getpid(), "started": "2100-01-01T00:00:00+00:00"}, "running"),
        ({"status": "running"}, "interrupted"),
        ({"status": "finished"}, "finished"),
        ({}, "not started"),
    ],
)
def test_running_with_a_process_that_is_gone_is_told_as_interrupted(tmp_path, record, status):
    (tmp_path / "result.json").write_text(json.dumps(record))
    assert Run(tmp_path).status() == status


def test_running_is_running_while_its_process_holds_the_lock(tmp_path, somebody):
    (tmp_path / "run/result.json").write_text('{"status": "running", "pid": 4194305, "host": "x"}')
    assert Run(tmp_path / "run").status() == "running"


@pytest.mark.parametrize(
    "names", [["RANK"], ["LOCAL_RANK"], ["NODE_RANK"], [*ranks.NAMES, "SLURM_NTASKS", "SLURM_JOB_ID"]]
)
def test_a_lone_process_is_no_rank_whatever_its_scheduler_calls_it(names, tmp_path, monkeypatch):
    for name in names:
        monkeypatch.setenv(name, "3")
    run = small_run("ae", tmp_path / "run", images=64)
    assert run.result()["status"] == "finished" and run.rows() and run.config.exists() and run.last.exists()
    before = contents(run)
    for name in names:
        monkeypatch.setenv(name, "1")
    with pytest.raises(UserError, match="already holds a run"):
        small_run("ae", run.folder, "seed=7", images=128)
    assert contents(run) == before


def test_the_words_of_a_scheduler_are_forgotten_before_lightning_reads_them(tmp_path):
    """Lightning reads them as it is imported, and a rank that is no number ends that."""
    environment = os.environ | {"RANK": "first", "SLURM_PROCID": "2"}
    command = [sys.executable, "-m", "genarium.cli", "train", "resume=nowhere"]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 2 and "is no run's folder" in ended.stderr


def test_a_rank_is_started_by_a_run_alone(tmp_path, monkeypatch):
    for name in ranks.NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["genarium", "rank", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        cli.main()


def test_a_sweep_that_was_told_to_end_goes_on_where_it_was(here, monkeypatch, capsys):
    words = [
        "train",
        "-m",
        "workers=1",
        "model=ae",
        *SMALL,
        *tiny("ae"),
        "total_images=320",
        "seed=0,1,2",
        "callbacks.terms.every=32",
    ]
    act = LogTerms.run

    def told_to_end(self, trainer, module):
        act(self, trainer, module)
        if trainer.default_root_dir.endswith("seed1") and module.images_seen == 160:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("sys.argv", ["genarium", *words])
    monkeypatch.setattr(LogTerms, "run", told_to_end)
    with pytest.raises(SystemExit, match="143"):
        cli.main()
    said = capsys.readouterr().err
    assert "interrupted, and saved" in said
    assert f"the rest of the sweep: `genarium {' '.join(words)}` goes on where it was" in said
    assert {run.folder.name[-5:]: run.status() for run in find_runs(["runs"])} == {
        "seed0": "finished",
        "seed1": "interrupted",
    }
    monkeypatch.setattr(LogTerms, "run", act)
    began = {run.folder.name[-5:]: run.result()["started"] for run in find_runs(["runs"])}
    cli.main()
    said = capsys.readouterr().err
    assert said.count("finished before: ") == 1 and said.count("finished: ") == 2
    runs = {run.folder.name[-5:]: run for run in find_runs(["runs"])}
    assert {run.status() for run in runs.values()} == {"finished"} and len(runs) == 3
    assert runs["seed0"].result()["started"] == began["seed0"]
    seen = [images for images, name, _ in runs["seed1"].rows() if name == "train/loss"]
    assert seen == list(range(32, 321, 32))


def test_a_sweep_into_the_folder_of_another_run_says_what_differs(here, monkeypatch, capsys):
    words = ["train", "-m", "workers=1", "model=ae", *SMALL, *tiny("ae"), "total_images=64", "seed=0,1"]
    words += ["name=s${seed}"]
    monkeypatch.setattr("sys.argv", ["genarium", *words])
    cli.main()
    monkeypatch.setattr("sys.argv", ["genarium", *words, "model.regularizer_weight=2"])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "its model.regularizer_weight is 1.0, here it is 2" in capsys.readouterr().err
