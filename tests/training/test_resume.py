"""A run that was killed and resumed is the run that was not."""

import functools
import signal

import pytest
import torch

from genarium.commands.train import resume
from genarium.runs.run import Run
from small import SMALL, small_run, start, tiny, wait_for

OFTEN = ("callbacks.checkpoints.every=160", "callbacks.terms.every=80")
NEVER = "callbacks.checkpoints.every=100000"
IMAGES = 1920


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The run of a model with some overrides that nothing interrupts, trained once."""
    train = lambda model, *words: small_run(model, tmp_path_factory.mktemp(model) / "run", *words, images=IMAGES)
    return functools.cache(train)


def started(model: str, folder, *overrides: str):
    """The same run as `small_run`'s, in a process of its own."""
    words = [f"model={model}", *SMALL, *tiny(model), f"total_images={IMAGES}", "name=run", *overrides]
    return start("train", *words, f"hydra.run.dir={folder}", cwd=folder.parent)


def same(a: object, b: object) -> bool:
    """Equal in structure, and bit for bit in every tensor."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def state(run: Run) -> dict:
    """All of the last checkpoint but the clock on the wall and Lightning's own count of steps, which nothing reads."""
    checkpoint = torch.load(run.last, weights_only=True)
    checkpoint["callbacks"].pop("RunRecorder")
    checkpoint.pop("global_step")
    return checkpoint


def assert_same_run(a: Run, b: Run) -> None:
    assert list(a.rows()) == list(b.rows()) != []
    assert same(state(a), state(b))
    assert a.pictures().keys() == b.pictures().keys() != set()
    for kind, files in a.pictures().items():
        others = b.pictures()[kind]
        assert files.keys() == others.keys()
        assert all(file.read_bytes() == others[images].read_bytes() for images, file in files.items())


@pytest.mark.parametrize("model", ["ae", "vae_kl_annealing", "dcgan"])
def test_a_killed_and_resumed_run_equals_the_uninterrupted_one_bit_for_bit(model, whole, tmp_path):
    killed = Run(tmp_path / "killed")
    process = started(model, killed.folder, *OFTEN)
    wait_for(killed.last.exists, process)
    process.kill()
    process.communicate()
    assert killed.result()["status"] == "running"
    resume(str(killed.folder), [])
    assert killed.result()["status"] == "finished"
    assert_same_run(killed, whole(model, *OFTEN))


def test_a_run_killed_before_its_first_checkpoint_resumes_from_the_start(whole, tmp_path):
    killed = Run(tmp_path / "killed")
    process = started("vae", killed.folder, NEVER)
    wait_for(killed.metrics.exists, process)
    process.kill()
    process.communicate()
    assert not killed.last.exists()
    resume(str(killed.folder), [])
    assert_same_run(killed, whole("vae", NEVER))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_ctrl_c_save_first(number, whole, tmp_path):
    ended = Run(tmp_path / "ended")
    process = started("dcgan", ended.folder, NEVER)
    wait_for(ended.metrics.exists, process)
    process.send_signal(number)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 143, err
    assert "genarium train resume=" in err
    assert "Traceback" not in err
    assert ended.result()["status"] == "interrupted"
    seen = torch.load(ended.last, weights_only=True)["state_dict"]["_extra_state"]["images"]
    assert 0 < seen < IMAGES
    resume(str(ended.folder), [])
    assert_same_run(ended, whole("dcgan", NEVER))


def test_looking_at_a_model_does_not_change_its_training(tmp_path):
    often = small_run("vae", tmp_path / "often", "callbacks.validate.every=32", "callbacks.samples.every=64")
    never = [f"callbacks.{name}=null" for name in ("validate", "rates", "samples", "reconstructions", "traversals")]
    seldom = small_run("vae", tmp_path / "seldom", *never, "callbacks.interpolations=none")
    assert same(state(often)["state_dict"], state(seldom)["state_dict"])


def test_a_finished_run_trains_further_on_a_larger_budget(tmp_path):
    run = small_run("dcgan", tmp_path / "run")
    resume(str(run.folder), ["total_images=960"])
    assert run.result()["images_seen"] == 960
    assert max(images for images, _, _ in run.rows()) == 960
