"""What a sweep will run is known before its first job: names, choices, keys, models and data that fit."""

import pytest
from hydra.core.hydra_config import HydraConfig

from genarium.commands import hydra_options, train, train_sweep
from genarium.config import compose
from genarium.config.overrides import values_of
from genarium.config.resolvers import cut
from genarium.errors import UserError
from genarium.studies import sweeps


@pytest.fixture
def planned(here, monkeypatch):
    """`genarium train words` as far as the launch: the words that would run."""
    launched = []
    monkeypatch.setattr(train_sweep, "run_queue", lambda queue, words, *rest: launched.append(words.runs))
    monkeypatch.setattr(train_sweep, "rehearse", lambda words: None)

    def call(*words: str) -> list[str]:
        train.main(list(words))
        return [job for word in launched.pop() for job in values_of(word)]

    return call


def refused(planned, *words: str) -> str:
    with pytest.raises(UserError) as error:
        planned(*words)
    return str(error.value)


@pytest.mark.parametrize(
    ("word", "jobs"),
    [
        ("seed=range(0,2)", ["seed=0", "seed=1"]),
        ("seed=choice(3,4)", ["seed=3", "seed=4"]),
        ("seed=5,6", ["seed=5", "seed=6"]),
        ("model.beta=tag(t,choice(1,2))", ["model.beta=1", "model.beta=2"]),
        ("model=glob(dip_vae*)", ["model=dip_vae_i", "model=dip_vae_ii"]),
        ("name=7,1e3", ["name='7'", "name='1e3'"]),
        ("data.train_count=10,null", ["data.train_count=10", "data.train_count=null"]),
    ],
)
def test_every_way_to_list_values_is_understood(word, jobs, planned):
    assert planned("-m", word) == jobs


def test_a_shuffled_sweep_is_drawn_once(planned):
    assert sorted(planned("-m", "seed=shuffle(5,6)")) == ["seed=5", "seed=6"]


def test_a_sweep_by_hydra_mode_is_one(planned):
    assert planned("hydra.mode=MULTIRUN", "seed=7,8") == ["seed=7", "seed=8"]


def test_what_is_not_supported_is_named(planned):
    assert "names no values: a grid needs them" in refused(planned, "-m", "model.beta=interval(0.5,4)")
    assert "is for sweeps: add -m" in refused(planned, "hydra/launcher=joblib")
    assert "is for sweeps: add -m" in refused(planned, "trials=3")
    said = refused(planned, "-m", "hydra/sweeper=optun", "seed=0,1")
    assert "there is no hydra/sweeper 'optun'; did you mean optuna?" in said
    assert "there is no key 'objectve'; did you mean objective?" in refused(planned, "-m", "objectve=val/loss")
    assert "there is no hydra/launcher 'jobli'; did you mean joblib?" in refused(
        planned, "-m", "hydra/launcher=jobli", "seed=0,1"
    )
    assert "fits no model" in refused(planned, "-m", "model=glob(nothing*)")
    assert "write model.beta=2" in refused(planned, "--model.beta=2")
    assert "there is no option --config-name" in refused(planned, "--config-name", "x")


def test_jobs_that_would_share_a_folder_are_refused_with_a_name_that_tells_them_apart(planned):
    said = refused(planned, "-m", "seed=0,1,2", "name=mine")
    assert "share the folder runs/default/mine: leave name=mine out, or set 'name=run-${seed}'" in said
    assert planned("-m", "seed=0,1,2", "name=run-${seed}")[:2] == ["seed=0", "seed=1"]
    assert "'name=run-${choices.model}'" in refused(planned, "-m", "model=vae,ae", "name=x")
    assert "the sweep names seed=0 twice" in refused(planned, "-m", "seed=0,0")


def test_a_long_name_that_is_cut_stays_apart_from_another():
    one, two = "ä" * 200 + "1", "ä" * 200 + "2"
    assert cut(one) != cut(two) and len(cut(one).encode()) <= 180
    assert cut("short") == "short"


def test_a_key_that_only_some_choices_have_names_those_that_lack_it(planned):
    said = refused(planned, "-m", "model=dcgan,vae,ae", "model.beta=1,4")
    assert said.startswith("model=dcgan and model=ae: there is no key 'beta' in model")
    assert said.endswith("sweep model=vae with these words, and the others without")
    assert "data=garden: there is no key 'path'" in refused(planned, "-m", "data=garden,folder", "data.path=x")


def test_a_sentence_names_the_swept_value_that_is_to_blame_and_no_other(planned):
    assert refused(planned, "-m", "seed=0,1", "model.betta=1").startswith("there is no key 'betta' in model")
    assert refused(planned, "-m", "seed=0,1", "model=vae", "model.beta=2,-1").startswith("model.beta=-1: must be")
    assert refused(planned, "-m", "model=ae,vae", "init=nope").startswith("nope is no run's folder")


def test_data_that_are_missing_are_blamed_on_the_sweeps_choice_of_them(here, monkeypatch):
    monkeypatch.setenv("GENARIUM_DATA", str(here))
    with pytest.raises(UserError) as error:
        train_sweep.rehearse(["model=ae", "data=garden,flowers", "seed=0,1", "data.resolution=16"])
    assert str(error.value).startswith(f"data=flowers: {here}/flowers-102/jpg is missing")
    assert str(error.value).endswith("sweep data=garden with these words, and the others without")


def test_models_and_data_of_a_sweep_are_prepared_once_each_whatever_their_seeds():
    words = ["model=vae,ae", "seed=0,1,2", "data.batch_size=4,8"]
    assert sweeps.different(words) == [
        ["model=vae", "seed=2", "data.batch_size=4"],
        ["model=ae", "seed=0", "data.batch_size=4"],
        ["model=vae", "seed=0", "data.batch_size=8"],
    ]


def test_options_of_hydra_and_their_values_are_told_from_words():
    args = ["--cfg", "job", "model=vae", "--info", "defaults", "-m"]
    assert hydra_options.are_options(args) == [True, True, False, True, True, True]
    assert hydra_options.is_sweep(args) and not hydra_options.is_sweep(["hydra.mode=RUN"])


def test_a_job_says_its_warnings_whatever_ran_before_it_in_the_process():
    compose.composed([])
    hydra = HydraConfig.get()
    assert not hydra.job_logging.disable_existing_loggers and not hydra.hydra_logging.disable_existing_loggers
