"""Genarium from Python: train, load, sample and evaluate as functions."""

import subprocess
import sys

import pytest

import genarium
from genarium.errors import UserError
from genarium.runs.run import Run
from small import LATENT, SMALL, environment, tiny

QUICK = [
    "evaluation=quick", "evaluation.measures=[reconstructions]", "evaluation.extractor=null",
    "evaluation.num_samples=8", "device=cpu",
]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("work"))
        found = genarium.train("model=vae", *SMALL, *tiny("vae"), "total_images=128", "name=a", "seed=3")
        yield Run(found.folder.resolve())


def test_train_returns_the_finished_run_where_the_command_puts_it(run):
    assert run.folder.parts[-3:] == ("runs", "default", "a")
    assert run.result()["status"] == "finished" and run.latest()["train/loss"]


def test_train_goes_on_with_a_run(run, tmp_path):
    import shutil

    shutil.copytree(run.folder, tmp_path / "a")
    again = genarium.train(f"resume={tmp_path / 'a'}", "total_images=192")
    assert again.folder == tmp_path / "a" and again.result()["images_seen"] == 192


@pytest.mark.parametrize("place", [lambda run: run, lambda run: run.folder, lambda run: str(run.folder)])
def test_load_takes_a_run_or_its_folder(run, place):
    model = genarium.load(place(run))
    assert model.images_seen == 128 and model.latent_dim == LATENT and not model.training
    assert genarium.load(place(run), checkpoint="best").images_seen > 0


def test_samples_are_images_of_the_seed_alone(run):
    import torch

    images = genarium.sample(run, count=5, seed=1)
    assert images.shape == (5, 3, 16, 16) and images.min() >= -1 and images.max() <= 1
    torch.manual_seed(7)
    assert torch.equal(images, genarium.sample(run.folder, count=5, seed=1))
    assert not torch.equal(images, genarium.sample(run, count=5, seed=2))


def test_evaluate_returns_the_numbers_that_the_run_keeps(run):
    numbers = genarium.evaluate(run, *QUICK)
    assert {"mse/val", "psnr/val"} <= set(numbers) and numbers["mse/val"] > 0
    kept = run.result()["numbers"]
    assert {name: kept[name]["value"] for name in numbers} == numbers


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda run: genarium.train("model=vea"), "did you mean vae"),
        (lambda run: genarium.train("model=w-gan"), "did you mean wgan"),
        (lambda run: genarium.train("seed=0,1"), "names several values"),
        (lambda run: genarium.train("trainer=ddp", *SMALL[:4], "name=b"), "several devices"),
        (lambda run: genarium.load("nowhere"), "no run's folder"),
        (lambda run: genarium.load(run, checkpoint="first"), "must be last or best"),
        (lambda run: genarium.sample(run, count=0), "must be a whole number"),
        (lambda run: genarium.evaluate(run, "evaluation=quik"), "did you mean quick"),
        (lambda run: genarium.evaluate(run, str(run.folder)), "measures one run"),
        (lambda run: genarium.evaluate(run, "data.resolution=8"), "only data.path"),
    ],
)
def test_a_mistake_is_a_user_error(run, tmp_path, monkeypatch, call, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=said):
        call(run)


def test_a_run_of_an_earlier_version_is_refused_in_one_sentence(run, tmp_path):
    import shutil

    shutil.copytree(run.folder, tmp_path / "old")
    config = tmp_path / "old/config.yaml"
    config.write_text(config.read_text().replace("total_images:", "images:"))
    again = [genarium.sample, genarium.evaluate, genarium.load, lambda old: genarium.train(f"resume={old}")]
    for call in again:
        with pytest.raises(UserError, match=r"made by an earlier version.*: train the run again"):
            call(tmp_path / "old")


def test_a_model_without_a_prior_does_not_sample(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = genarium.train("model=ae", *SMALL, *tiny("ae"), "total_images=32", "name=ae")
    with pytest.raises(UserError, match="ae does not sample"):
        genarium.sample(run)


def test_importing_genarium_takes_no_torch():
    program = (
        "import sys, genarium; genarium.train; assert 'torch' not in sys.modules; assert 'hydra' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=environment())
    with pytest.raises(AttributeError, match="no attribute 'fit'"):
        genarium.fit  # noqa: B018
