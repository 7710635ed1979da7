"""What a user gets wrong is told in one sentence that names the remedy; nothing is half-written."""

import errno

import pytest
import torch

from genarium.cli import main
from genarium.runs.run import Run
from small import SMALL, small_run, tiny


@pytest.fixture
def fails(here, monkeypatch, capsys):
    """Runs a command that must fail with exit code 2 and returns its sentence; checks that no run was left behind."""

    def call(*args: str, leaves_runs: bool = False) -> str:
        monkeypatch.setattr("sys.argv", ["genarium", *args])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("genarium: ")]
        assert len(said) == 1 or "of the sweep failed" in said[-1]
        assert leaves_runs or not (here / "runs").exists()
        return said[-1]

    return call


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["model=vea"], "did you mean vae"),
        (["data=flower"], "did you mean flowers"),
        (["model.betta=4"], "did you mean beta"),
        (["sed=1"], "did you mean seed"),
        (["modle.beta=2"], "no key 'modle'; did you mean model"),
        (["model.encodr.width=2"], "no key 'encodr' in model; did you mean encoder"),
        (["model.beta.x=2"], "no key 'x' in model.beta"),
        (["+modle=vae"], "did you mean model"),
        (["+foo=1"], "there is no key 'foo'"),
        (["trainer.device=2"], "did you mean devices"),
        (["~model"], "'model' is needed"),
        (["model=vae,dcgan"], "add -m"),
        (["-m", "model=vae,dcgan", "--cfg", "job"], "leave -m out"),
        (["-m", "model=vae,dcgan", "--cfg=job"], "leave -m out"),
        (["total_images=0"], "total_images=0: must be a whole number"),
        (["total_images=many"], "must be a whole number"),
        (["seed=-1"], "seed=-1: must be a whole number"),
        (["x y"], "write key=value"),
        (["model/likelihood=bernoulli"], "data.binarize=true or model/likelihood=continuous_bernoulli"),
        (["model/prior=vampprior"], "choose model/encoder=conv_no_norm"),
        (["model/encoder=conv_grid"], "parts do not go together"),
        (["model=gan_replay", "model/augmentation=pack"], "parts do not go together"),
        (["model=cgan", "model/generator=dcgan"], "parts do not go together"),
        (["model=gan_feature_matching", "model/discriminator=dcgan"], "parts do not go together"),
        (["model=progan", "model/generator=dcgan"], "choose model/generator=progressive"),
        (
            ["model=dcgan", "model/adversarial_loss=began"],
            "a loss on balanced energies, the discriminator gives logits",
        ),
        (["model=ebgan", "model/adversarial_loss=hinge"], "a loss on logits, the discriminator gives energies"),
        (["model=began", "model/adversarial_loss=hinge"], "choose another model/adversarial_loss="),
        (["model=began", "model.discriminator_steps=2"], "set model.discriminator_steps=1"),
        (["model=dcgan", "model/penalty=r1"], "choose model/discriminator=dcgan_no_norm"),
        (["model=pacgan", "model.augmentation.count=3"], "set data.batch_size=30"),
        (["model=dcgan", "model/adversarial_loss=hing"], "did you mean hinge"),
        (["model/decoder=mop"], "did you mean mlp"),
        (["model=dcgan", "model/discriminator=base"], "there is no model/discriminator 'base'"),
        (["model=dcgan", "model.discriminator.width=8"], "did you mean model.discriminator.encoder.width?"),
        (["model=gumbel_vae", "model.latent_dim=12"], "choose model.latent_dim=256 or another multiple of 8"),
        (["data.resolution=50"], "choose data.resolution=48 or 56"),
        (["data.batch_size=100000"], "larger than the set"),
        (["data=folder", "data.path=nowhere"], "nowhere"),
        (["data=flowers", "data.root=nowhere"], "nowhere"),
        (["resume=nowhere"], "is no run's folder"),
        (["trainer=gpu"], "choose another trainer"),
        (["model.optimizers.vea={}"], "vea"),
        (["+model.color=red"], "color"),
        (["+model.schedules.gamma={_target_: genarium.training.schedules.full, _partial_: true}"], "no number 'gamma'"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence_with_the_remedy(words, remedy, fails):
    if torch.cuda.is_available() and words == ["trainer=gpu"]:
        pytest.skip("this machine has a GPU")
    small = [] if words[0] in ("data=folder", "data=flowers") else SMALL
    assert remedy in fails("train", *small, *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "--cfg"], "write --cfg job"),
        (["train", "--cfg", "model=vae"], "write --cfg job"),
        (["train", "--info", "nothing"], "write --info all"),
        (["train", "--resolve"], "add --cfg job"),
        (["train", "-p", "model"], "add --cfg job"),
        (["train", "--cfg", "job", "--package", "nothing"], "there is no key 'nothing' to show"),
        (["train", "-sc"], "there is no option -sc"),
        (["train", "--model", "vae"], "write model=…"),
        (["train", "seed=1\n"], "cannot read 'seed=1\\n'"),
        (["train", "resume="], "'' is no run's folder"),
        (["evaluate", "search=vae_beta"], "it is one of genarium train -m"),
        (["evaluate", "run.x=1"], "there is no key 'x' in run"),
        (["evaluate", "run=x", "sampler=gmm,default"], "where one is meant: write one of them"),
        (["evaluate", ""], "no folder ''"),
        (["compare", " "], "no folder ''"),
        (["train", "-m", "workers=none"], "workers=none: must be auto or a whole number"),
        (["train", "-m", "search=vae_beta", "constraints=3"], "constraints=3: must be a list"),
        (["train", "-m", "search=vae_beta", "objective=fd"], "says nothing of its protocol"),
        (["bias", "run=x", "split=9"], "choose from test, train, val"),
        (["dashboard", "a/b/c"], "is no project of W&B"),
        (["study", "pca", "budget=smoke", "hydra/launcher=nothing"], "there is no hydra/launcher 'nothing'"),
        (["evaluate", "--watch"], "there is no option --watch"),
        (["sample", "--watch"], "there is no option --watch"),
        (["sweep", "model=vae"], "there is no key 'model'"),
        (["sweep", "run=nowhere"], "no folder nowhere"),
        (["sync", "run=nowhere"], "no folder nowhere"),
        (["dashboard", "model=vae"], "there is no key 'model'"),
        (["data", "data=nothing"], "there is no data 'nothing'"),
        (["data", "garden", "seed=3"], "no key 'seed' here: genarium data takes"),
        (["data", "--list"], "there is no option --list"),
        (["demo", "run=x"], "choose from samples, total_images"),
    ],
)
def test_words_and_options_of_another_command_are_one_sentence(words, said, fails):
    assert said in fails(*words)


def test_callbacks_for_points_and_for_numbers_say_what_they_are_for(fails):
    quick = ["logger=none", "trainer=cpu", "total_images=64", "data.batch_size=32"]
    images, number = (
        [*SMALL, *tiny("vae"), "model=vae", "name=images"],
        ["model=dirac_gan", "data=dirac", "name=number"],
    )
    for words in (images, number):
        assert "choose data=mixture_grid" in fails("train", *quick, *words, "callbacks=toy_2d", leaves_runs=True)
    points = ["model=gan", "data=mixture_grid", "callbacks=dirac", "name=points"]
    assert "choose model=dirac_gan" in fails("train", *quick, *points, leaves_runs=True)


def test_an_unknown_verb_and_a_misspelled_key_of_a_verb_name_what_is_near(fails):
    assert "did you mean train" in fails("trian")
    assert "did you mean count" in fails("sample", "cuont=3")
    assert "must be a whole number" in fails("sample", "run=x", "count=many")
    assert "did you mean model" in fails("list", "modle")
    assert "say which runs" in fails("compare")
    assert "no folder" in fails("compare", "nowhere")
    assert "did you mean pokemon" in fails("data", "pokemn")


def test_points_are_not_fetched_and_the_user_is_told_where_to_see_them(fails):
    assert "genarium train data=mixture_ring callbacks=toy_2d" in fails("data", "mixture_ring")
    assert "genarium train data=dirac model=dirac_gan callbacks=dirac" in fails("data", "dirac")


def test_an_empty_folder_and_a_folder_of_broken_images_say_so(here, fails):
    (here / "pictures").mkdir()
    assert "pictures" in fails("train", "data=folder", "data.path=pictures", "logger=none")
    for number in range(30):
        (here / "pictures" / f"{number}.jpg").write_bytes(b"not a picture")
    assert "cannot be used" in fails("train", "data=folder", "data.path=pictures", "logger=none")


def test_a_sweep_is_checked_before_its_first_job_starts(fails):
    assert "did you mean vae" in fails("train", "-m", "model=ae,vea", "seed=0,1")


def test_a_run_is_never_overwritten(here, fails):
    run = small_run("ae", here / "runs/default/run", images=64)
    before = run.metrics.read_bytes()
    said = fails("train", "model=ae", *SMALL, *tiny("ae"), "name=run", leaves_runs=True)
    assert "already holds a run" in said
    assert "resume=" in said
    assert run.metrics.read_bytes() == before
    run.config.unlink()  # as where a folder was moved away under a run that then saved
    assert "already holds a run" in fails("train", "model=ae", *SMALL, *tiny("ae"), "name=run", leaves_runs=True)


def test_resuming_another_model_is_refused(here, fails):
    run = small_run("ae", here / "runs/default/run", images=64)
    assert "holds a run with model=ae" in fails("train", f"resume={run.folder}", "model=vae", leaves_runs=True)
    assert "did you mean total_images" in fails("train", f"resume={run.folder}", "imges=128", leaves_runs=True)
    assert "raise the budget" in fails("train", f"resume={run.folder}", leaves_runs=True)
    other = small_run("dcgan", here / "runs/default/other", images=64)
    run.last.write_bytes(other.last.read_bytes())
    assert "another model" in fails("train", f"resume={run.folder}", "total_images=128", leaves_runs=True)


class Harmful:
    def __reduce__(self):
        return (print, ("this code ran",))


def test_a_checkpoint_that_carries_code_is_refused_and_not_run(here, fails, capsys):
    run = small_run("ae", here / "runs/default/run", images=64)
    torch.save({"state_dict": Harmful()}, run.last)
    assert "tensors and plain values" in fails("train", f"resume={run.folder}", "total_images=128", leaves_runs=True)
    assert "tensors and plain values" in fails("sample", f"run={run.folder}", leaves_runs=True)
    assert "this code ran" not in capsys.readouterr().out


def test_a_torn_checkpoint_is_told(here, fails):
    run = small_run("ae", here / "runs/default/run", images=64)
    run.last.write_bytes(run.last.read_bytes()[:1000])
    assert "last.ckpt" in fails("train", f"resume={run.folder}", "total_images=128", leaves_runs=True)


def test_a_full_disk_is_one_sentence_and_keeps_the_last_checkpoint(here, monkeypatch, fails):
    run = small_run("ae", here / "runs/default/run", images=64)
    good = run.last.read_bytes()

    def full(self, images, values):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Run, "append", full)
    assert "the disk is full" in fails("train", f"resume={run.folder}", "total_images=128", leaves_runs=True)
    assert run.last.read_bytes() == good
    assert run.result()["status"] == "failed"


def test_a_loss_that_is_not_finite_stops_the_run_names_the_term_and_keeps_the_last_good_checkpoint(here, fails):
    words = ["model=ae", *SMALL, *tiny("ae"), "name=run", "total_images=6400", "callbacks.checkpoints.every=64"]
    said = fails("train", *words, "model.optimizers.autoencoder.optimizer.lr=1e18", leaves_runs=True)
    assert "diverged" in said
    assert "train/distortion" in said or "is no longer finite" in said
    run = Run(here / "runs/default/run")
    assert run.result()["status"] == "failed"
    assert "diverged" in run.result()["error"]
    if run.last.exists():
        weights = torch.load(run.last, weights_only=True)["state_dict"]
        assert all(torch.isfinite(w).all() for w in weights.values() if isinstance(w, torch.Tensor))


def test_a_failed_job_does_not_end_a_sweep(here, fails):
    words = ["model=ae", *SMALL, *tiny("ae"), "total_images=320", "model.optimizers.autoencoder.optimizer.lr=1e18,1e-3"]
    assert "1 runs of the sweep failed" in fails("train", "-m", *words, leaves_runs=True)
    statuses = sorted(Run(file.parent).result()["status"] for file in (here / "runs/default").glob("*/config.yaml"))
    assert statuses == ["failed", "finished"]
