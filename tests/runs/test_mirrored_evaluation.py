"""An evaluation goes on with the W&B run of the training: read back by W&B's own inspector."""

import json
from pathlib import Path

import pytest
import wandb

from genarium import api
from genarium.metrics import catalog
from genarium.runs.run import Run
from small import LATENT, small_run
from wandb_records import records_of

WORDS = ("evaluation=offline", "evaluation.num_samples=24", "evaluation.measures=[samples,reconstructions]")


def history(log: Path) -> list[dict]:
    return [record["item"] for record in records_of(log, "history")]


def summary(log: Path) -> dict:
    """What the summary is in the end."""
    return {name: value for record in records_of(log, "summary") for name, value in record.get("update", {}).items()}


def logs(run: Run) -> list[Path]:
    return sorted((run.folder / "wandb").glob("offline-run-*/*.wandb"))


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Run:
    """A VAE of a W&B sweep, trained offline, and measured with two samplers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_MODE", "offline")
        patch.setenv("WANDB_SWEEP_ID", "abc12345")
        patch.setenv("WANDB_PROJECT", "of-the-agent")
        wandb.teardown()
        run = small_run("vae", tmp_path_factory.mktemp("group") / "run", "logger=wandb", images=320)
        patch.delenv("WANDB_SWEEP_ID")
        patch.delenv("WANDB_PROJECT")
        wandb.teardown()
        api.evaluate(run, *WORDS)
        api.evaluate(run, *WORDS, "sampler=gmm", "sampler.components=2")
    return run


def test_an_evaluation_is_a_part_of_the_same_run_of_wandb_grouped_by_its_sweep(measured):
    runs = [run for log in logs(measured) for run in records_of(log, "run")]
    assert len(logs(measured)) == 3
    assert {run["run_id"] for run in runs} == {(measured.folder / "wandb/run_id").read_text()}
    assert {run["project"] for run in runs} == {"of-the-agent"}
    assert {run["run_group"] for run in runs} == {"abc12345"} and all("sweep-abc12345" in run["tags"] for run in runs)


def test_every_measured_number_is_a_row_of_the_history_by_images_and_a_value_of_the_summary(measured):
    numbers = measured.result()["numbers"]
    rows = [row for log in logs(measured)[1:] for row in history(log)]
    sent = {name: value for row in rows for name, value in row.items()}
    last = summary(logs(measured)[-1])
    assert len(numbers) > 10
    for name, entry in numbers.items():
        assert sent[f"evaluation/{name}"] == pytest.approx(entry["value"])
        assert last[f"evaluation/{name}"] == pytest.approx(entry["value"])
        assert last[f"protocol/{name}"] == entry["protocol"]
    assert {row["images"] for row in rows if "images" in row} == {320}


def test_the_summary_of_the_last_part_has_what_training_logged_too(measured):
    last = summary(logs(measured)[-1])
    assert {name: last[name] for name in measured.latest()} == pytest.approx(measured.latest())
    assert {"val/rate", "val/distortion"} & last.keys()


def test_steps_of_wandb_rise_from_part_to_part(measured):
    parts = [[int(row["_step"]) for row in history(log)] for log in logs(measured)]
    assert all(parts) and max(parts[0]) < min(parts[1]) and max(parts[1]) < min(parts[2])


def test_pictures_of_each_sampler_and_of_reconstructions_are_beside_the_numbers(measured):
    first, second = ({name for row in history(log) for name in row} for log in logs(measured)[1:])
    assert {"evaluation/samples._type", "evaluation/reconstructions._type"} <= first
    assert "evaluation/samples/gmm2._type" in second


def test_a_table_names_each_number_with_its_direction_and_all_that_it_depends_on(measured):
    (path,) = (logs(measured)[1].parent / "files/media/table/evaluation").glob("numbers*.json")
    table = json.loads(path.read_text())
    assert table["columns"] == ["number", "value", "better", "images", "protocol", "settings"]
    result = measured.result()
    for number, _, better, images, protocol, settings in table["data"]:
        assert better == catalog.better(number) and images == 320
        assert json.loads(settings).keys() == result["protocols"][protocol].keys()


def test_the_settings_of_the_training_are_in_each_part(measured):
    for log in logs(measured):
        (config,) = records_of(log, "config")
        assert config["update"]["model"]["latent_dim"] == LATENT and config["update"]["total_images"] == 320


def test_a_run_without_wandb_stays_without(tmp_path):
    run = small_run("ae", tmp_path / "run", images=64)
    api.evaluate(run, "evaluation=offline", "evaluation.num_samples=8", "evaluation.measures=[reconstructions]")
    assert not (run.folder / "wandb").exists()


def test_an_evaluation_whose_wandb_fails_keeps_its_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WANDB_MODE", "offline")
    run = small_run("ae", tmp_path / "run", "logger=wandb", images=64)
    monkeypatch.setattr("wandb.init", lambda **_: (_ for _ in ()).throw(OSError("No space left on device")))
    found = api.evaluate(run, "evaluation=offline", "evaluation.num_samples=8", "evaluation.measures=[reconstructions]")
    assert found.keys() == run.result()["numbers"].keys()
    assert capsys.readouterr().err.count("logger=wandb fails (No space left on device)") == 1
