"""A dashboard groups runs by all settings but the seed, and shows what they logged, measured and drew."""

import json
from pathlib import Path

import pytest
import wandb
import yaml

from genarium.commands import dashboard
from genarium.errors import UserError
from genarium.reports.dashboard import contents
from genarium.reports.run_record import records
from genarium.runs import wandb_server
from genarium.runs.run import Run, find_runs
from genarium.runs.trackers import check
from wandb_stub import Stub

pytest.importorskip("wandb_workspaces")
FD, RECALL = "fd/efficientnet_lite0/1k_train", "recall/efficientnet_lite0/1k_train"
PRECISION, SPREAD = "precision/efficientnet_lite0/1k_train", "kd_std/efficientnet_lite0/1k_train"


def made(folder: Path, model: str = "vae", beta: float = 1.0, seed: int = 0) -> Run:
    """A run's folder as a training and an evaluation leave it."""
    run = Run(folder)
    run.folder.mkdir(parents=True)
    config = {
        "seed": seed, "name": folder.name, "choices": {"model": model, "data": "garden"},
        "model": {"_target_": f"genarium.models.{model}", "beta": beta}, "data": {"module": {"seed": seed}},
    }  # fmt: skip
    run.config.write_text(yaml.safe_dump(config))
    run.append(64, {"val/loss": 2.0, "train/loss": 3.0, "learning_rate/vae": 0.1})
    picture = run.picture("samples", 64)
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"")
    values = {FD: 200.0, PRECISION: 0.5, RECALL: 0.4, SPREAD: 0.1}
    numbers = {name: {"value": value, "images": 64, "protocol": "abc"} for name, value in values.items()}
    run.update_result(status="finished", model=model, data="garden", numbers=numbers)
    return run


@pytest.fixture
def group(tmp_path) -> Path:
    for beta in (1.0, 4.0):
        for seed in (0, 1):
            made(tmp_path / f"runs/study/beta{beta}-seed{seed}", beta=beta, seed=seed)
    return tmp_path / "runs/study"


@pytest.fixture
def dry(group, capsys) -> dict:
    dashboard.main(["my-team/genarium", str(group), "--dry"])
    return json.loads(capsys.readouterr().out)


def panels(view: dict, section: str) -> list[dict]:
    found = view["spec"]["section"]["panelBankConfig"]["sections"]
    return [panel for one in found if one["name"] == section for panel in one["panels"]]


def test_runs_are_grouped_by_all_that_differs_but_the_seed(dry):
    (runs,) = dry["spec"]["section"]["runSets"]
    assert runs["grouping"] == [{"section": "config", "name": "model.value.beta"}]
    assert (dry["entity"], dry["project"]) == ("my-team", "genarium")


def test_what_follows_from_the_choice_of_a_model_is_not_another_group(tmp_path):
    for model, beta in (("ae", 0.0), ("vae", 1.0)):
        made(tmp_path / model, model, beta)
    assert contents(records(find_runs([tmp_path]))).settings == ["choices.model"]


def test_curves_are_means_with_their_standard_error_against_images(dry):
    (curve,) = panels(dry, "Curves")
    said = curve["config"]
    assert (said["metrics"], said["xAxis"], said["chartTitle"]) == (["val/loss"], "images", "val/loss ↓")
    assert (said["groupAgg"], said["groupArea"], said["aggregate"]) == ("mean", "stderr", True)


def test_measured_numbers_that_rank_are_shown_with_the_direction_of_the_better(dry):
    bars = [panel["config"] for panel in panels(dry, "Measured") if panel["viewType"] == "Bar Chart"]
    assert {(bar["chartTitle"], *bar["metrics"]) for bar in bars} == {
        (f"{FD} ↓", f"evaluation/{FD}"),
        (f"{PRECISION} ↑", f"evaluation/{PRECISION}"),
        (f"{RECALL} ↑", f"evaluation/{RECALL}"),
    }
    (scatter,) = [panel["config"] for panel in panels(dry, "Measured") if panel["viewType"] == "Scatter Plot"]
    assert (scatter["xAxis"], scatter["yAxis"]) == (f"summary:evaluation/{PRECISION}", f"summary:evaluation/{RECALL}")


def test_settings_are_held_against_the_first_number_that_ranks(dry):
    coordinates, importance = panels(dry, "Settings")
    axes = [column["accessor"] for column in coordinates["config"]["columns"]]
    assert axes == ["config:model.value.beta", f"summary:evaluation/{FD}"]
    assert importance["config"]["targetKey"] == f"evaluation/{FD}"


def test_pictures_and_the_difference_of_runs_are_there(dry):
    (media,) = panels(dry, "Pictures")
    assert media["config"]["mediaKeys"] == ["pictures/samples"]
    assert [panel["viewType"] for panel in panels(dry, "Runs")] == ["Run Comparer"]


def test_runs_that_do_not_differ_and_were_not_measured_have_a_dashboard_too(tmp_path, capsys):
    run = made(tmp_path / "alone")
    run.update_result(numbers={})
    dashboard.main(["genarium", str(tmp_path), "--dry"])
    view = json.loads(capsys.readouterr().out)
    assert view["spec"]["section"]["runSets"][0]["grouping"] == [] and not panels(view, "Measured")


def test_without_a_server_it_is_one_sentence_that_names_dry(group, monkeypatch):
    wandb.teardown()
    wandb_server.unreachable.cache_clear()
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(UserError, match=r"no dashboard was made \(127.0.0.1:9 cannot be reached.*add --dry"):
        dashboard.main(["genarium", str(group)])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say which project"),
        (["genarium", "--wet"], "there is no option --wet"),
        (["runs/study"], "runs/study is a folder: name a project"),
        (["genarium", "nowhere"], "There is no folder nowhere"),
    ],
)
def test_a_wrong_word_is_a_sentence(group, words, said, monkeypatch):
    monkeypatch.chdir(group.parents[1])
    with pytest.raises(UserError, match=said):
        dashboard.main(words)


def test_without_its_package_it_is_a_sentence_with_the_command(group, monkeypatch):
    monkeypatch.setattr(check, "find_spec", lambda module: None)
    with pytest.raises(UserError, match=r"pip install 'genarium\[dashboard\]'"):
        dashboard.main(["genarium", str(group), "--dry"])


def test_with_an_account_it_is_saved_at_wandb_and_its_address_printed(group, monkeypatch, capsys):
    server = Stub()
    wandb.teardown()
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", server.address)
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    try:
        dashboard.main(["genarium", str(group)])
    finally:
        server.close()
        wandb.teardown()
    (view,) = server.views
    assert (view["entityName"], view["projectName"]) == ("me", "genarium")
    assert panels({"spec": json.loads(view["spec"])}, "Curves")
    assert "/me/genarium?nw=" in capsys.readouterr().out
