"""The table of runs: what differs, what was reached, under which protocol."""

import math

import pytest
from made_up_runs import PROTOCOLS, falling, finished, values

from genarium.reports import formatting
from genarium.reports.run_record import records
from genarium.reports.settings import differing, flatten
from genarium.reports.table import table

FD = "fd/efficientnet_lite0/2k_train"


def kinds(shown) -> list[str]:
    return [column.kind for column in shown.columns]


def test_only_the_settings_that_differ_are_columns_and_they_come_first(make_run):
    same = {"seed": 0, "trainer": {"precision": "bf16"}}
    a = make_run("g/a", config={**same, "name": "a", "model": {"beta": 1.0}, "data": {"root": "/a"}}, result={})
    b = make_run("g/b", config={**same, "name": "b", "model": {"beta": 4}, "data": {"root": "/b"}}, result={})
    shown = table(records([a, b]))
    assert list(values(shown)) == ["model.beta", "status"]
    assert values(shown)["model.beta"]["b"] == 4 and shown.labels == ["a", "b"]


def test_the_folder_of_a_set_is_content_and_where_it_is_kept_is_not():
    a = flatten(
        {"data": {"path": "cats", "root": "/a", "cache": "/a", "module": {"cache": "/a"}}, "logger": {"dir": 1}}
    )
    b = flatten(
        {"data": {"path": "dogs", "root": "/b", "cache": "/b", "module": {"cache": "/b"}}, "logger": {"dir": 2}}
    )
    assert differing([a, b]) == ["data.path"]


def test_a_setting_that_stands_in_several_places_is_one_column():
    a = {
        "data.module.source.path": "a",
        "data.path": "a",
        "seed": 0,
        "data.module.seed": 0,
        "callbacks.validate.seed": 0,
    }
    b = {
        "data.module.source.path": "b",
        "data.path": "b",
        "seed": 1,
        "data.module.seed": 1,
        "callbacks.validate.seed": 5,
    }
    assert differing([a, b]) == ["data.path", "seed", "callbacks.validate.seed"]


def test_equal_numbers_of_another_type_do_not_differ_but_a_missing_key_and_a_truth_value_do():
    assert differing([{"a": 1, "b": 1, "c": 1, "d": [1]}, {"a": 1.0, "b": True, "d": [1]}]) == ["b", "c"]


def test_flattening_keeps_lists_and_empty_groups():
    assert flatten({"a": {"b": {"c": 1}, "d": [1, 2]}, "e": {}}) == {"a.b.c": 1, "a.d": [1, 2], "e": {}}


def test_settings_that_follow_from_the_model_are_folded_and_others_are_not(make_run):
    def config(model: str, rate: float) -> dict:
        return {"seed": rate, "model": {"_target_": model, "rate": rate, **{f"of_{model}_{i}": i for i in range(7)}}}

    runs = [
        make_run(f"g/{i}", config=config(model, rate), result=finished(str(i), model))
        for i, (model, rate) in enumerate([("ae", 0.1), ("vae", 0.1), ("vae", 0.2)])
    ]
    columns = {column.name: column.folded for column in table(records(runs)).columns}
    assert columns["model"] is False and columns["model.rate"] is False and columns["seed"] is False
    assert columns["model._target_"] is True and columns["model.of_ae_3"] is True


def test_a_few_settings_that_follow_from_the_model_are_shown(make_run):
    a = make_run("g/a", config={"model": {"beta": 1}}, result=finished("a", "vae"))
    b = make_run("g/b", config={"model": {"beta": 4}}, result=finished("b", "beta_vae"))
    assert {column.name: column.folded for column in table(records([a, b])).columns}["model.beta"] is False


def test_how_a_part_is_made_is_no_setting(make_run):
    penalty = {"_partial_": True, "weight": 10}
    a = make_run("g/a", config={"model": {"penalty": penalty}}, result=finished("a", "dragan"))
    b = make_run("g/b", config={"model": {"penalty": {}}}, result=finished("b", "dcgan"))
    columns = [column.name for column in table(records([a, b])).columns]
    assert "model.penalty.weight" in columns and not any("_partial_" in name for name in columns)


def test_numbers_of_one_protocol_share_a_column_and_the_protocol_is_named(make_run):
    runs = [make_run(f"g/{name}", result=finished(name, "vae", fd=fd)) for name, fd in (("a", 12.5), ("b", 10.0))]
    shown = table(records(runs))
    assert values(shown)[FD] == {"a": 12.5, "b": 10.0}
    assert shown.notes == [] and [column.protocols for column in shown.columns if column.name == FD] == [("a1b2c3",)]


def test_numbers_of_two_protocols_never_share_a_column(make_run):
    a = make_run("g/a", result=finished("a", "vae", protocol="a1b2c3", fd=12.5))
    b = make_run("g/b", result=finished("b", "vae", protocol="d4e5f6", fd=10.0))
    shown = table(records([a, b]))
    assert FD not in values(shown)
    assert values(shown)[f"{FD} · a1b2c3"] == {"a": 12.5, "b": None}
    assert values(shown)[f"{FD} · d4e5f6"] == {"a": None, "b": 10.0}
    (note,) = shown.notes
    assert "cannot be compared" in note and "reals (2000 / 500)" in note and "split" not in note
    assert PROTOCOLS["a1b2c3"]["data"] == PROTOCOLS["d4e5f6"]["data"]


def test_a_number_without_a_protocol_says_so(make_run):
    a = make_run("g/a", result=finished("a", "vae"))
    b = make_run("g/b", result=finished("b", "vae") | {"numbers": {FD: 9.0}})
    shown = table(records([a, b]))
    assert values(shown)[f"{FD} · no protocol"]["b"] == 9.0 and FD not in values(shown)
    assert any("does not say how it was measured" in note for note in shown.notes)
    assert any("what no protocol stands for is not recorded" in note for note in shown.notes)


def test_a_number_of_an_earlier_state_says_at_how_many_images(make_run):
    result = finished("a", "vae")
    result["numbers"][FD]["images"] = 15_000
    (column,) = [one for one in table(records([make_run("g/a", result=result)])).columns if one.name == FD]
    assert column.cells[0].text == "12.50 (at 15,000 images)"


def test_validation_losses_are_shown_and_training_losses_only_where_none_was_validated(make_run):
    series = {"train/loss": falling(9, 1), "val/loss": falling(9, 2), "val/kl/03": falling(1, 0)}
    assert "train/loss" not in values(table(records([make_run("g/a", series=series)])))
    unvalidated = values(table(records([make_run("g/b", series={"train/loss": [3.0, 2.0]})])))
    assert list(unvalidated["train/loss"].values()) == [2.0]
    assert "val/kl/03" not in unvalidated


def test_a_loss_that_became_nan_shows_its_last_value_and_that_it_broke(make_run):
    (column,) = [c for c in table(records([make_run("g/a", series={"val/loss": [3.0, math.nan]})])).columns[1:]]
    assert column.cells[0] == (3.0, "3.000 (then nan)")


def test_losses_of_different_models_come_with_a_warning_and_of_one_model_without(make_run):
    series = {"val/loss": [1.0]}
    a, b, c = (
        make_run(f"g/{name}", result=finished(name, model), series=series)
        for name, model in (("a", "ae"), ("b", "vae"), ("c", "vae"))
    )
    warning = "val/loss is each model's own objective: it compares runs of one model only."
    assert warning in table(records([a, b])).notes
    assert warning not in table(records([b, c])).notes


def test_a_run_without_a_result_and_a_failed_one_are_rows(make_run):
    bare = make_run("g/bare")
    failed = make_run("g/failed", result={"status": "failed", "error": "The loss became NaN.", "numbers": None})
    shown = table(records([bare, failed]))
    assert list(values(shown)["status"].values()) == ["not started", "failed"]
    assert kinds(shown) == ["status"]


def test_costs_come_last_and_in_a_readers_units(make_run):
    shown = table(records([make_run("g/a", result=finished("a", "vae"))]))
    assert kinds(shown) == ["status", "number", "cost", "cost", "cost", "cost", "cost"]
    texts = {column.name: column.cells[0].text for column in shown.columns if column.kind == "cost"}
    assert texts == {
        "images seen": "20,000",
        "training time": "1 min 15 s",
        "images/s": "267",
        "parameters": "123,456",
        "peak memory": "1.2 GB",
    }


def test_runs_of_the_same_name_are_told_apart_by_their_group(make_run):
    runs = [make_run(place, result={"name": place[-1], "group": place[0]}) for place in ("g/a", "h/a", "h/b")]
    assert [record.label for record in records(runs)] == ["g/a", "h/a", "b"]


def test_runs_of_the_same_name_and_group_are_told_apart_by_their_folder(make_run):
    runs = [make_run(place, result={"name": "a", "group": "g"}) for place in ("g/a", "copy/a")]
    assert [record.label for record in records(runs)] == [str(run.folder) for run in runs]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (20_000, "20,000"), (12.3456, "12.35"), (123456.7, "123,457"), (1.2345e-5, "1.234e-05")],
)
def test_numbers_have_four_digits(value, text):
    assert formatting.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(3.14, "3.1 s"), (59.4, "59 s"), (723, "12 min 3 s"), (7500, "2 h 5 min")]
)
def test_durations_have_two_units_at_most(seconds, text):
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(999, "999 B"), (1_200_000_000, "1.2 GB"), (2.5e12, "2.5 TB")])
def test_sizes_count_in_thousands(count, text):
    assert formatting.size(count) == text
