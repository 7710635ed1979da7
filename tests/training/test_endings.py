"""Whatever ends a training early is saved and told; a full disk is one sentence; a number that never came is said."""

import errno
import sys
from datetime import timedelta

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning import Callback

from genarium.commands.train import resume
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.runs import environment
from genarium.runs.run import Run
from genarium.training.checkpoint import load_checkpoint, restore
from small import small_run

STOPS = "+callbacks.stop={_target_: test_endings.StopAt, images: 96}"


class StopAt(Callback):
    """Wants no more after so many images."""

    def __init__(self, images: int) -> None:
        self.images = images

    def on_train_batch_end(self, trainer, module, *args) -> None:
        trainer.should_stop = module.images_seen == self.images


def images_of(run: Run) -> int:
    return load_checkpoint(run.last)["state_dict"]["_extra_state"]["images"]


def assert_saved_and_told(run: Run) -> None:
    result = run.result()
    assert result["status"] == "finished" and result["stopped_early"] is True
    assert 0 < result["images_seen"] == images_of(run) < result["total_images"]
    logged = {name: images[-1] for name, (images, _) in run.series().items()}
    assert logged["train/loss"] == logged["val/loss"] == result["images_seen"]


def test_a_callback_that_ends_the_run_leaves_its_last_state(tmp_path):
    run = small_run("vae", tmp_path / "run", STOPS, "callbacks.checkpoints.every=100000")
    assert run.result()["images_seen"] == 96
    assert_saved_and_told(run)
    resume(str(run.folder), ["callbacks.stop=none", "total_images=160"])
    assert run.result()["images_seen"] == images_of(run) == 160 and run.result()["stopped_early"] is False


@pytest.mark.parametrize("limit", [{"max_time": timedelta(seconds=0.1)}, {"limit_train_batches": 3}])
def test_a_limit_of_the_trainer_leaves_the_last_state(limit, tmp_path, monkeypatch):
    """The command line refuses them; a configuration of before may hold one."""
    made = pl.Trainer.__init__
    monkeypatch.setattr(pl.Trainer, "__init__", lambda self, **words: made(self, **(words | limit)))
    run = small_run("vae", tmp_path / "run", "callbacks.checkpoints.every=100000", "callbacks.terms.every=100000")
    assert_saved_and_told(run)


def test_a_run_that_is_ended_before_its_first_step_leaves_no_folder(tmp_path, monkeypatch):
    made = pl.Trainer.__init__
    monkeypatch.setattr(
        pl.Trainer, "__init__", lambda self, **words: made(self, **(words | {"max_time": timedelta(0)}))
    )
    with pytest.raises(UserError, match="ended before its first step"):
        small_run("ae", tmp_path / "run", images=64)
    assert not (tmp_path / "run").exists()


def test_a_number_that_never_came_is_said_at_the_end(tmp_path, monkeypatch, capsys):
    """The rehearsal refuses what can be known at the start."""
    monkeypatch.setattr("genarium.training.rehearsal.check_monitors", lambda *words: None)
    run = small_run("dcgan", tmp_path / "run", "callbacks=early_stop", images=64)
    said = capsys.readouterr().err
    assert "no best.ckpt: val/loss was never logged" in said and "no early stop: val/loss was never logged" in said
    with pytest.raises(UserError, match="take checkpoint=last"):
        restore(run, "best")
    words = ["callbacks=early_stop", "callbacks.early_stop.monitor=val/los", "callbacks.checkpoints.monitor=val/rat"]
    small_run("vae", tmp_path / "vae", *words, images=64)
    said = capsys.readouterr().err
    assert "val/los was never logged; did you mean val/loss" in said and "did you mean val/rate" in said


def test_another_number_to_follow_begins_its_best_anew(tmp_path, capsys):
    run = small_run("vae", tmp_path / "run", images=64)
    resume(
        str(run.folder),
        ["total_images=128", "callbacks.checkpoints.monitor=val/rate", "callbacks.checkpoints.mode=max"],
    )
    assert run.result()["best"]["by"] == "val/rate" and run.result()["best"]["images"] > 64


def full(number: int):
    def write(*args, **words):
        raise OSError(number, "no room")

    return write


def half_saved(number: int):
    def save(self, path, *args, **words):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        raise OSError(number, "no room")

    return save


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("what", ["checkpoint", "picture", "table", "metrics", "result"])
def test_a_disk_that_is_full_is_one_sentence_at_every_write(what, number, tmp_path, monkeypatch):
    run = small_run("vae", tmp_path / "run", images=64)
    good, before = run.last.read_bytes(), run.config.read_bytes()
    places = {
        "checkpoint": (pl.Trainer, "save_checkpoint", half_saved(number)),
        "picture": ("genarium.callbacks.save_picture", "write_atomically", full(number)),
        "table": ("genarium.callbacks.rate_per_latent", "write_atomically", full(number)),
        "metrics": (Run, "append", full(number)),
        "result": (Run, "rewrite_result", full(number)),
    }
    where, name, fails = places[what]
    monkeypatch.setattr(sys.modules[where] if isinstance(where, str) else where, name, fails)
    with pytest.raises(UserError, match="the disk is full: free some space, then go on by `genarium train resume="):
        resume(str(run.folder), ["total_images=128"])
    monkeypatch.undo()
    assert run.last.read_bytes() == good and not list(run.folder.rglob("*.partial"))
    assert run.status() == ("finished" if what == "result" else "failed")
    assert what != "result" or run.config.read_bytes() == before
    resume(str(run.folder), ["total_images=128"])
    assert run.status() == "finished"


def test_a_new_run_that_finds_the_disk_full_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("genarium.config.recipe.write_atomically", full(errno.ENOSPC))
    with pytest.raises(UserError, match="the disk is full: free some space, then train again"):
        small_run("ae", tmp_path / "run", images=64)
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").iterdir())


def test_what_could_not_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_atomically(tmp_path / "file" / "x", b"")
    monkeypatch.setattr("os.fsync", full(errno.EDQUOT))
    with pytest.raises(OSError) as error:
        write_atomically(tmp_path / "x", b"")
    assert error.value.filename == str(tmp_path / "x") and error.value.errno == errno.EDQUOT
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not environment.CLEAR.exists(), reason="only Linux forgets a peak")
def test_the_peak_of_one_job_is_not_that_of_the_job_before():
    cpu = torch.device("cpu")
    environment.forget_peaks()
    small = environment.peak_memory(cpu)["resident_bytes"]
    large = torch.ones(2**28, dtype=torch.uint8)
    assert environment.peak_memory(cpu)["resident_bytes"] > small + 2**27
    del large
    environment.forget_peaks()
    assert abs(environment.peak_memory(cpu)["resident_bytes"] - small) < 2**25
