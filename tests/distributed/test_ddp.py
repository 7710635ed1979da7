"""Two processes that share a batch train what one process trains with all of it."""

from types import SimpleNamespace as Namespace

import psutil
import pytest
import torch

from genarium.callbacks import heldout
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from small import SMALL, small_run, start, tiny, wait_for

TEN_UPDATES = "total_images=320"
SETTINGS = ["trainer.precision=32-true", "callbacks.checkpoints.every=32"]


@pytest.fixture(params=["beta_tc_vae", "vq_vae", "dcgan"])
def runs(request, tmp_path) -> tuple[Run, Run, str]:
    """The run of one process, that of two, and what the two printed."""
    model = request.param
    alone = small_run(model, tmp_path / "alone", *SETTINGS, images=320)
    words = [f"model={model}", *SMALL, *tiny(model), TEN_UPDATES, "name=run", "trainer=ddp", "trainer.accelerator=cpu"]
    process = start("train", *words, *SETTINGS, f"hydra.run.dir={tmp_path / 'shared'}", cwd=tmp_path)
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    return alone, Run(tmp_path / "shared"), out + err


def weights(run: Run) -> dict[str, torch.Tensor]:
    state = torch.load(run.last, weights_only=True)["state_dict"]
    return {name: tensor for name, tensor in state.items() if isinstance(tensor, torch.Tensor)}


def test_ten_updates_of_two_processes_equal_those_of_one(runs):
    alone, shared, printed = runs
    ours, theirs = weights(alone), weights(shared)
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.allclose(tensor.float(), theirs[name].float(), rtol=1e-3, atol=2e-5), name
    # the numbers too: terms are means over both processes, validation covers the same images
    one, two = (dict(((images, name), value) for images, name, value in run.rows()) for run in (alone, shared))
    assert one.keys() == two.keys()
    assert all(value == pytest.approx(two[key], rel=1e-3, abs=1e-4) for key, value in one.items())
    # only the first process writes: each row once, one result, one line at the end
    rows = list(shared.rows())
    assert len(rows) == len({row[:2] for row in rows})
    assert shared.result()["devices"] == 2
    assert printed.count("finished:") == 1


def test_processes_validate_equally_many_images_so_that_none_waits_for_another(monkeypatch):
    monkeypatch.setattr(heldout, "rank_and_world_size", lambda: (0, 2))
    data = Namespace(split_indices=lambda split: range(7), validation_batches=lambda *asked: asked)
    asked = heldout.heldout_batches(Namespace(datamodule=data), Namespace(device="cpu"), count=1_000, batch_size=5)
    assert asked == (4, "val", 6, "cpu")


def ended(process, seconds: float) -> str:
    """What it said; within so many seconds."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 2 and "Traceback" not in err, err
    return out + err


def two_processes(tmp_path, *words: str):
    shared = ["model=vae", *SMALL, *tiny("vae"), "name=run", "trainer=ddp", "trainer.accelerator=cpu"]
    return start("train", *shared, *words, f"hydra.run.dir={tmp_path / 'shared'}", cwd=tmp_path)


def test_a_process_that_is_killed_ends_the_others_in_one_sentence_and_the_last_state_is_usable(tmp_path):
    run = Run(tmp_path / "shared")
    process = two_processes(tmp_path, "total_images=4000000", "callbacks.checkpoints.every=640")
    wait_for(run.last.exists, process)
    (other,) = (child for child in psutil.Process(process.pid).children() if "rank" in child.cmdline())
    other.kill()
    said = ended(process, 60)
    assert said.count("one of the run's processes was lost") == 1 and "genarium train resume=" in said
    assert not other.is_running()
    assert run.result()["status"] == "failed" and "was lost" in run.result()["error"]
    assert restore(run).images_seen > 0


def test_a_divergence_ends_both_processes_in_one_sentence(tmp_path):
    process = two_processes(tmp_path, "total_images=6400", "model.optimizers.vae.optimizer.lr=1e18")
    assert ended(process, 120).count("diverged") == 1
