"""A changed key changes all that follows from it, or is refused; nothing that would change nothing is taken."""

import shutil

import pytest
from omegaconf import OmegaConf

from genarium.commands.train import main, resume
from genarium.config import compose, recipe
from genarium.config.resume import changed
from genarium.errors import UserError
from genarium.runs.run import Run
from small import small_run

IMAGES = 64


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of today, and the same as one of before left it: without a recipe."""
    run = small_run("vae_kl_annealing", tmp_path_factory.mktemp("runs") / "run", images=IMAGES)
    before = Run(run.folder.with_name("before"))
    shutil.copytree(run.folder, before.folder)
    before.recipe.unlink()
    return {"today": run, "before": before}


@pytest.fixture
def run(trained, tmp_path):
    return Run(shutil.copytree(trained["today"].folder, tmp_path / "run"))


def resolved(run: Run, *words: str) -> dict:
    return OmegaConf.to_container(changed(run, words), resolve=True)


@pytest.mark.parametrize("kind", ["today", "before"])
def test_without_changes_the_configuration_is_the_one_that_was_trained(trained, kind):
    assert resolved(trained[kind]) == recipe.read(trained[kind].config)


@pytest.mark.parametrize("kind", ["today", "before"])
def test_a_changed_key_changes_in_all_its_places(trained, kind):
    config = resolved(
        trained[kind], "data.batch_size=16", "data.cache=elsewhere", "data.flip=true", "data.dataset_seed=3"
    )
    assert config["data"]["module"]["batch_size"] == config["data"]["batch_size"] == 16
    assert config["data"]["module"]["cache"] == config["data"]["cache"] == "elsewhere"
    assert config["data"]["module"]["flip"] is True
    assert config["data"]["module"]["source"]["seed"] == 3


@pytest.mark.parametrize("kind", ["today", "before"])
def test_schedules_and_cadences_stretch_with_a_raised_budget_and_it_is_said(trained, kind, capsys):
    config = resolved(trained[kind], "total_images=6400", "callbacks.terms.every=7")
    assert config["callbacks"]["checkpoints"]["every"] == 320
    assert config["model"]["schedules"]["beta"]["over"] == 1920
    assert config["model"]["optimizers"]["vae"]["lr_schedule"]["over"] == 6400
    said = capsys.readouterr().err
    assert "was 64 images and is 6,400" in said and "callbacks.terms.every=7" in said


def test_a_value_that_was_written_into_the_configuration_stays(run):
    held = recipe.read(run.config)
    held["model"]["optimizers"]["vae"]["lr_schedule"]["over"] = 50
    run.config.write_text(OmegaConf.to_yaml(OmegaConf.create(held)))
    config = resolved(run, "total_images=6400")
    assert config["model"]["optimizers"]["vae"]["lr_schedule"]["over"] == 50
    assert config["model"]["schedules"]["beta"]["over"] == 1920


def test_trainer_callbacks_and_logger_can_be_chosen_anew(run):
    config = resolved(
        run, "trainer=ddp", "callbacks=early_stop", "logger=wandb", "logger.wandb.mode=offline", "total_images=640"
    )
    assert config["trainer"]["devices"] == 2 and config["trainer"]["precision"] == "auto"
    assert config["callbacks"]["early_stop"]["patience"] == 128
    assert config["logger"]["wandb"]["name"] == config["name"] and config["logger"]["wandb"]["mode"] == "offline"


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("seed=5", "in the checkpoint"),
        ("name=other", "called as its folder"),
        ("group=other", "folder that it lies in"),
        ("choices.model=ae", "a record"),
        ("model=ae", "start a new run"),
        ("model/penalty=r1", "start a new run"),
        ("data=flowers", "start a new run"),
        ("data.module.batch_size=4", "set data.batch_size=… instead"),
        ("model.beta=4", "model.schedules.beta"),
        ("model.optimizers.vae.optimizer._target_=torch.optim.SGD", "start a new run"),
        ("logger.wandb.mode=offline", "choose logger=…"),
        ("callbacks.early_stop.patience=3", "choose callbacks=…"),
        ("total_images=1280,2560", "goes on with one"),
        ("~callbacks.samples", "set callbacks.samples=none"),
        ("total_images=${nothing}", "total_images cannot be worked out"),
        ("logger@elsewhere=none", "write logger=…, without @elsewhere"),
        ("data={}", "data.KEY=VALUE"),
        ("+model.color=red", "no key 'model.color'"),
        ("imges=128", "did you mean total_images"),
        ("model.encoder.widht=3", "did you mean width"),
        ("trainer=gpus", "did you mean gpu"),
        ("hydra.run.dir=x", "hydra"),
        ("total_images=1e4", "whole number, 1 or more, such as 10000"),
        ("total_images=abc", "must be a whole number"),
        ("total_images=null", "must be a whole number"),
        ("total_images=-5", "must be a whole number"),
        ("data.batch_size=0", "must be a whole number"),
        ("data.batch_size=7.5", "must be a whole number"),
        ("data.flip=maybe", "must be"),
        ("data.flip=no", "must be"),
        ("model=null", "there is no model"),
        ("+trainer.max_steps=10", "the budget is total_images="),
        ("trainer.max_time=3", "the budget is total_images="),
    ],
)
def test_a_word_that_would_change_nothing_is_refused_in_a_sentence(run, word, says):
    before = run.config.read_bytes()
    with pytest.raises(UserError, match=says.replace(".", r"\.")):
        changed(run, [word])
    assert run.config.read_bytes() == before


def test_a_word_that_says_what_is_so_already_is_no_mistake(run):
    words = ["model=vae_kl_annealing", "seed=0", f"total_images={IMAGES}", "name=run", "group=default"]
    assert resolved(run, *words) == recipe.read(run.config)


def test_a_resume_with_larger_batches_sees_the_whole_budget_and_its_optimizer_takes_the_new_rate(run):
    resume(str(run.folder), ["total_images=320", "data.batch_size=64", "model.optimizers.vae.optimizer.lr=0.5e-3"])
    steps = {seen for seen, name, _ in run.rows() if name == "train/loss" and seen > IMAGES}
    assert steps == {128, 192, 256, 320}
    assert run.result()["images_seen"] == 320
    rates = {seen: value for seen, name, value in run.rows() if name == "learning_rate/vae"}
    assert 0 < rates[128] <= 0.5e-3  # the checkpoint's optimizer had 1e-3
    config = recipe.read(run.config)
    assert config["data"]["module"]["batch_size"] == config["data"]["batch_size"] == 64


def test_where_files_lie_is_said_by_the_environment_of_whoever_goes_on(run, tmp_path, monkeypatch):
    monkeypatch.setenv("GENARIUM_CACHE", str(tmp_path / "mine"))
    assert resolved(run)["data"]["module"]["cache"] == str(tmp_path / "mine")
    monkeypatch.setenv("GENARIUM_DATA", str(tmp_path / "photos"))
    assert resolved(run)["data"]["root"] == str(tmp_path / "photos")
    monkeypatch.delenv("GENARIUM_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    held = recipe.read(run.config)
    assert resolved(run)["data"]["cache"] == held["data"]["cache"]  # it can be used, so it is
    (tmp_path / "file").touch()
    held["data"]["cache"] = held["data"]["module"]["cache"] = str(tmp_path / "file" / "cache")
    run.config.write_text(OmegaConf.to_yaml(OmegaConf.create(held)))
    own = str(tmp_path / "home/.cache/genarium")
    assert resolved(run)["data"]["module"]["cache"] == own
    assert compose.load(run.config).data.module.cache == own


def test_a_resume_that_fails_before_its_first_step_leaves_the_run_as_it_was(run):
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    for words in (["data.resolution=32"], ["data.batch_size=100000"], ["model.latent_dim=4"]):
        with pytest.raises(UserError):
            resume(str(run.folder), ["total_images=640", *words])
        assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("words", [["-m"], ["--cfg", "job"], ["resume=elsewhere"], ["hydra.mode=MULTIRUN"]])
def test_a_resume_is_of_one_run_and_takes_no_options(run, words):
    with pytest.raises(UserError, match="goes on with one run"):
        main([f"resume={run.folder}", *words])
