"""A study file: what is misspelled is one sentence, before anything runs."""

import pytest

from genarium.commands import study_plan
from genarium.commands.study import main
from genarium.config import compose
from genarium.errors import UserError
from genarium.studies import study_file
from genarium.studies.plan import identity, latest, planned, without_none
from small_study import STUDY, small_study


def refused(place, old: str, new: str) -> str:
    assert old in STUDY
    small_study(place, STUDY.replace(old, new))
    with pytest.raises(UserError) as error:
        main(["toy"])
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("claim:", "clame:", "there is no key 'clame' in the study; did you mean claim"),
        ("source: Nobody, 2026, table 1", "", "it has no source"),
        ("seeds: 5", "seeds: five", "seeds must be a whole number, 1 or more, it is 'five'"),
        ('{program: "ways.py:new"}', '{program: "ways.py:new", data: [rng]}', "arms.new.data: there is no 'rng'"),
        ("ways.py:new", "ways.py:newer", "with a function newer"),
        ("ways.py:new", "other.py:new", "there is no experiments/toy/other.py"),
        ("modes_covered: {}", "modes_covred: {}", "no metric is called modes_covred; did you mean modes_covered"),
        ("modes_covered: {}", "modes_covered: {bettr: lower}", "there is no 'bettr'; did you mean better"),
        ("modes_covered: {}", "seconds: {result: seconds}", "results.csv has another column of this name"),
        ("result: seconds", "result: secnds", "there is no 'secnds'; did you mean seconds"),
        ("arms.new better", "arms.knew better", "there is no arm 'knew'; did you mean new"),
        ("old.modes_covered = 3", "old.modes = 3", "there is no measure 'modes'; did you mean modes_covered"),
        ("smoke: {seeds: 2}", "smoke: {arms: [nw]}", "budgets.smoke.arms: there is no 'nw'; did you mean new"),
        ("smoke: {seeds: 2}", "tiny: {}", "budgets has no smoke: it is needed"),
        ("model=gan,", "model=gann,", "arm new on ring: there is no model 'gann'"),
        ("trainer=cpu,", "trainer.precison=cpu,", "arm new on ring: there is no key 'precison'"),
        ("modes_covered: {}", "modes_covered: {evaluation: [evaluation=mode]}", "measure modes_covered: "),
        ("claim: The", "claim: [The", "cannot be read"),
    ],
)
def test_what_is_misspelled_is_one_sentence(here, old, new, said):
    assert said in refused(here, old, new)


def test_words_of_the_command_are_checked_too(here):
    small_study(here)
    for words, said in (
        (["to"], "there is no study 'to'"),
        (["toy", "budget=smok"], "toy has none of this name; did you mean smoke"),
        (["toy", "seeds=3"], "there is no key 'seeds'"),
        (["toy", "workers=0"], "workers=0: must be auto or a whole number"),
        (["toy", "retry=yes"], "retry=yes: must be true or false"),
        (["--al"], "there is no option --al"),
        ([], "say which study"),
    ):
        with pytest.raises(UserError, match=said):
            main(words)


def test_a_grid_is_an_arm_for_each_of_its_cells(here):
    grid = "  beta: {words: [model=beta_vae], grid: {model.beta: [1, 4], model.latent_dim: [2, 8]}}\n"
    place = small_study(here, STUDY.replace("arms:\n", "arms:\n" + grid))
    study = study_file.read(place)
    assert list(study.arms)[:4] == ["beta_1_2", "beta_1_8", "beta_4_2", "beta_4_8"]
    assert study.arms["beta_4_8"].words == ("model=beta_vae", "model.beta=4", "model.latent_dim=8")
    assert study.arms["beta_4_8"].settings == {"model.beta": 4, "model.latent_dim": 8}


TWO = STUDY.replace("data: {ring: []}", "data: {ring: [], grid: [data=mixture_grid]}")


def on_ring_alone(here, then: str = "") -> study_file.Study:
    alone = TWO.replace('"ways.py:old"}', '"ways.py:old", data: [ring]}')
    return study_file.read(small_study(here, alone.replace("on modes_covered by 1", f"on modes_covered by 1{then}")))


def test_an_arm_may_be_for_some_data_sets_alone(here):
    """What is said of it is said of those."""
    study = on_ring_alone(here)
    places = [job.place for job in planned(study, study.budgets["full"], here) if job.seed == 0]
    assert places == [("ring", "new", 0), ("ring", "old", 0), ("grid", "new", 0)]
    assert [one.data for one in study.expectations] == ["ring"]
    assert [(one.arm, one.data) for one in study.published] == [("old", "ring"), ("new", "ring"), ("new", "grid")]


@pytest.mark.parametrize("then", [" in grid", " across data"])
def test_nothing_is_expected_of_an_arm_where_it_is_not(here, then):
    with pytest.raises(UserError, match=r"arm old is on ring alone: say in which"):
        on_ring_alone(here, then)


def test_of_two_words_for_one_key_the_later_one_holds():
    assert latest(["a=1", "b=2", "+a=3", "~b"]) == ["+a=3", "~b"]


def keys(here, old: str = "seeds: 5", new: str = "seeds: 5", budget: str = "full") -> dict:
    study = study_file.read(small_study(here, STUDY.replace(old, new)))
    return {(job.arm.name, job.seed): job.key for job in planned(study, study.budgets[budget], here)}


def test_the_identity_of_a_job_is_that_of_all_that_its_result_depends_on(here, monkeypatch):
    """Seed, configuration and program; not the logger, the callbacks that watch, nor where files lie."""
    first = keys(here)
    assert len(set(first.values())) == 10
    assert keys(here, "logger=none]", "callbacks=infrequent, logger=wandb, group=x]") == first
    monkeypatch.setenv("GENARIUM_CACHE", "/elsewhere")
    assert keys(here, "data=mixture_ring", "data=garden") == keys(here, "data=mixture_ring", "data=garden")
    assert not set(keys(here, "trainer=cpu", "data.sd=0.3").values()) & set(first.values())
    assert keys(here, "seeds: 5", "seeds: 6").items() > first.items()
    assert keys(here, "smoke: {seeds: 2}", "smoke: {seeds: 2, words: [data.sd=0.03]}", "smoke") != first
    small_study(here)
    (here / "experiments/toy/ways.py").write_text("def new(config, seed): ...\ndef old(config, seed): ...\n")
    study = study_file.read(here / "experiments/toy")
    assert not {job.key for job in planned(study, study.budgets["full"], here)} & set(first.values())


def test_results_hold_where_a_later_key_is_none():
    whole = lambda *words: identity(compose.checked(["data=garden", "seed=0", "name=x", *words]))["data"]
    assert not {"only", "class_shares"} & {*whole(), *whole()["module"]} and whole("data.only=none") == whole()
    assert whole("data.only=[1]")["only"] == whole("data.only=[1]")["module"]["only"] == [1]


def test_a_changed_measure_is_another_one_and_a_renamed_title_is_not(here):
    plan = lambda old, new: study_plan.check(
        found := study_file.read(small_study(here, STUDY.replace(old, new))), found.budgets["full"]
    )
    digest = plan("A toy", "A toy").measured
    assert plan("A toy", "Another").measured == digest
    assert plan("modes_covered: {}", "modes_covered: {evaluation: [evaluation.seed=3]}").measured != digest


def test_a_measure_with_a_bound_counts_what_is_below_it_and_more_is_better(here):
    few = STUDY.replace("modes_covered: {}", "modes_covered: {}\n  trained: {number: fd, below: 60}")
    one = study_file.read(small_study(here, few)).measures["trained"]
    assert [one.of_number(value) for value in (59.9, 60.0)] == [1.0, 0.0] and one.better == "higher"
    plain = study_file.read(small_study(here)).measures["modes_covered"]
    assert plain.of_number(3.5) == 3.5 and "below" not in plain.identity
    small_study(here, few.replace("number: fd, below", "result: seconds, below"))
    with pytest.raises(UserError, match=r"measures\.trained\.below must be a number, of a measure from an evaluation"):
        study_file.read(here / "experiments/toy")


def test_a_key_that_comes_with_a_new_version_and_is_none_changes_no_job():
    assert without_none({"a": None, "b": {"c": None, "d": 0}, "e": []}) == {"b": {"d": 0}, "e": []}
