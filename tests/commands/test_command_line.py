"""The command line as a user meets it."""

import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from genarium import cli
from genarium.config.conf_groups import conf_dir
from genarium.runs.run import Run
from small import REPOSITORY, SMALL, environment, small_run, tiny


@pytest.fixture
def call(here, monkeypatch, capsys):
    """Runs `genarium args` in this process and returns what it printed to standard output."""

    def run(*args: str) -> str:
        monkeypatch.setattr("sys.argv", ["genarium", *args])
        cli.main()
        return capsys.readouterr().out

    return run


def test_help_lists_the_verbs_and_every_verb_shows_examples_and_choices(call):
    overview = call("--help")
    for verb in cli.VERBS:
        assert f"  {verb}" in overview
        assert f"genarium {verb}" in call(verb, "--help")
    assert all(
        f"\n{group}=" in call("train", "--help") for group in ("model", "data", "trainer", "callbacks", "logger")
    )


def test_help_is_a_verb_too(call):
    assert call("help") == call("--help") and call("help", "train") == call("train", "--help")


def test_the_parts_of_a_model_are_listed_with_their_sources(call):
    assert "arXiv:1801.04406" in call("list", "model/penalty")
    assert "  model/adversarial_loss=  " in call("train", "--help")


def test_train_sample_and_compare_work_from_any_folder(call, here):
    call("train", "model=vae", *SMALL, *tiny("vae"), "total_images=320", "name=a")
    printed = call("sample", "run=runs/default/a", "count=9", "out=grid.png", "seed=3")
    assert printed.strip() == "grid.png"
    first = np.asarray(Image.open(here / "grid.png"))
    assert first.shape[:2] == (3 * 66 + 2, 3 * 66 + 2)  # 16 px enlarged four times
    call("sample", "run=runs/default/a", "count=9", "out=again.png", "seed=3")
    call("sample", "run=runs/default/a", "count=9", "out=other.png", "seed=4")
    assert (first == np.asarray(Image.open(here / "again.png"))).all()
    assert (first != np.asarray(Image.open(here / "other.png"))).any()
    call("train", "model=ae", *SMALL, *tiny("ae"), "total_images=320", "name=b")
    assert "page.html" in call("compare", "runs/default", "out=page.html")
    page = (here / "page.html").read_text()
    assert '"label":"a"' in page
    call("train", "model=dcgan", *SMALL, *tiny("dcgan"), "total_images=64", "name=c")
    call("sample", "run=runs/default", "count=9", "seed=3", "out=sheet.png")  # side by side, without the autoencoder
    sheet = np.asarray(Image.open(here / "sheet.png"))
    top = sheet.shape[0] - first.shape[0]
    assert (sheet[top:, : first.shape[1]] == first).all() and sheet.shape[1] > 2 * first.shape[1]
    assert (sheet[:top] < 128).any()  # names


def test_samples_show_the_averaged_generator(here, monkeypatch):
    import torch

    from genarium.training.checkpoint import restore

    run = small_run("dcgan", here / "run", "model.optimizers.generator.ema_half_life=100000")
    model, generator = restore(run), lambda: torch.Generator().manual_seed(0)
    with model.evaluating(0):
        averaged = model.sample(4, generator())
    with torch.no_grad():
        raw = model.eval().sample(4, generator())
    assert not torch.equal(averaged, raw)
    model.swap_averages()
    with torch.no_grad():
        assert torch.equal(model.sample(4, generator()), averaged)


def test_a_sweep_makes_a_run_of_every_combination(call, here):
    words = [*SMALL, *tiny("ae"), "total_images=64", "seed=0,1", "data.flip=true,false"]
    call("train", "-m", "workers=1", "model=ae", *words)
    names = {file.parent.name for file in (here / "runs/default").glob("*/config.yaml")}
    assert len(names) == 4
    assert all(name.endswith(("seed0", "seed1")) and "flip=" in name for name in names)


def test_a_configuration_can_be_looked_at_without_training(call, here):
    assert "beta: 4.0" in call("train", "model=beta_vae", "--cfg", "job")
    assert not (here / "runs").exists()


def test_hydra_run_dir_is_honoured(call, here):
    call("train", "model=ae", *SMALL, *tiny("ae"), "total_images=64", "name=x", "hydra.run.dir=elsewhere/x")
    assert Run(here / "elsewhere/x").result()["status"] == "finished"
    assert not (here / "runs").exists()


def test_data_packs_counts_and_draws(call, here):
    printed = call("data", "garden", "data.count=200", "data.resolution=16", "out=garden.png")
    assert "200" in printed and "train" in printed and "garden.png" in printed
    assert Image.open(here / "garden.png").size[0] > 400


def test_the_demo_trains_measures_and_compares(call, here):
    printed = call("demo", "total_images=320", "samples=24")
    page = here / "runs/demo/compare.html"
    assert page.exists() and str(page.relative_to(here)) in printed
    assert page.stat().st_size < 3_000_000
    for model in ("ae", "beta_vae", "dcgan"):
        run = Run(here / "runs/demo" / model)
        assert run.result()["status"] == "finished"
        assert any(name.startswith("fd/efficientnet_lite0/") for name in run.result()["numbers"])
        assert f"runs/demo/{model}/pictures" in printed
    assert "kd" in printed and "precision" in printed and "psnr" in printed


@pytest.mark.parametrize(
    "word", ["samples=1", "samples=1e3", "total_images=0", "total_images=ten", "flowers=3", "more"]
)
def test_the_demo_refuses_a_wrong_word_before_its_work(call, here, word):
    with pytest.raises(SystemExit) as ended:
        call("demo", "total_images=10", word)
    assert ended.value.code == 2 and not (here / "runs").exists()


def test_an_installed_wheel_carries_the_configuration(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    assert (tmp_path / "site/genarium/conf/train.yaml").exists()
    assert len(list(conf_dir().rglob("*.yaml"))) == len(list((tmp_path / "site/genarium/conf").rglob("*.yaml")))
    environ = environment() | {"PYTHONPATH": str(tmp_path / "site")}
    listed = subprocess.run(
        [sys.executable, "-m", "genarium.cli", "list", "models"],
        cwd=tmp_path, env=environ, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "beta_vae" in listed
