"""What a run leaves behind: its folder, complete on its own, and W&B, which mirrors it."""

import csv
from pathlib import Path

import pytest
import torch
import wandb

from genarium.config.compose import load
from genarium.config.resume import changed
from genarium.runs import environment
from genarium.runs.run import Run
from genarium.training.fit import train
from small import LATENT, small_run
from wandb_records import records_of


@pytest.fixture(scope="module")
def tracked(tmp_path_factory) -> Run:
    """A VAE with W&B's logger, offline."""
    folder = tmp_path_factory.mktemp("tracked") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_MODE", "offline")
        return small_run("vae", folder, "logger=wandb", "group=study", "callbacks.terms.every=64")


def records(run: Run, kind: str) -> list[dict]:
    """Every record of one kind in the run's offline W&B file, as W&B's own inspector prints it."""
    (path,) = (run.folder / "wandb").glob("offline-run-*/*.wandb")
    return records_of(path, kind)


def history(run: Run) -> list[dict]:
    return [record["item"] for record in records(run, "history")]


def test_the_folder_is_complete(tracked):
    assert {path.name for path in tracked.folder.iterdir()} >= {
        "config.yaml", "metrics.csv", "checkpoints", "pictures", "tables", "result.json",
    }  # fmt: skip
    assert set(tracked.pictures()) == {"samples", "reconstructions", "traversals", "interpolations"}
    assert all(min(files) == 0 and max(files) == 640 for files in tracked.pictures().values())
    assert tracked.last.exists() and tracked.best.exists()
    config = load(tracked.config)
    assert (config.seed, config.total_images, config.group, config.choices.model) == (0, 640, "study", "vae")
    rows = list(csv.reader(tracked.table("rate_per_latent").open()))
    assert rows[0] == ["latent", "rate_in_nats"] and len(rows) == 1 + LATENT
    rates = [float(rate) for _, rate in rows[1:]]
    assert rates == sorted(rates, reverse=True)
    assert sum(rates) == pytest.approx(tracked.latest()["val/rate"], rel=1e-4)


def test_the_result_says_what_ran_where_and_how_fast(tracked):
    result = tracked.result()
    assert result["status"] == "finished" and result["error"] is None
    assert (result["model"], result["data"], result["seed"]) == ("vae", "garden", 0)
    assert result["images_seen"] == 640
    assert result["images_per_second"] > 0 and result["seconds"] > 0
    assert result["peak_memory"]["resident_bytes"] > 1e7
    assert result["versions"]["torch"] == torch.__version__.split("+")[0]
    assert result["precision"] == "32-true"
    assert result["git"] == environment.git()
    assert result["best"]["by"] == "val/loss"
    assert result["best"]["value"] == min(v for _, name, v in tracked.rows() if name == "val/loss")


def test_wandb_gets_the_same_numbers_as_the_folder_by_images_seen(tracked):
    sent = {(row["images"], name): value for row in history(tracked) for name, value in row.items()}
    kept = {(images, name): value for images, name, value in tracked.rows()}
    assert kept and all(sent[key] == pytest.approx(value) for key, value in kept.items())


def test_images_seen_are_the_only_axis_in_wandb(tracked):
    axes = [metric for metric in records(tracked, "metric") if metric.get("glob_name") == "*"]
    assert [axis["step_metric"] for axis in axes] == ["images"]


def test_wandb_gets_pictures_tables_config_group_and_tags(tracked):
    names = {name for row in history(tracked) for name in row}
    assert {f"pictures/{kind}.filenames" for kind in tracked.pictures()} <= names
    assert any(name.startswith("rate_per_latent") for name in names)
    (run,) = records(tracked, "run")
    assert (run["run_group"], run["job_type"], run["tags"]) == ("study", "train", ["vae", "garden"])
    (config,) = records(tracked, "config")
    assert config["update"]["model"]["latent_dim"] == LATENT and config["update"]["total_images"] == 640


def test_several_runs_in_one_process_are_several_runs_in_wandb(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    runs = [small_run("ae", tmp_path / name, "logger=wandb", images=64) for name in ("a", "b")]
    ids = [(run.folder / "wandb/run_id").read_text() for run in runs]
    assert ids[0] != ids[1] and wandb.run is None
    assert all(history(run) for run in runs)


def test_the_parts_of_a_resumed_run_go_on_from_each_other_in_wandb(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    run = small_run("ae", tmp_path / "run", "logger=wandb", "callbacks.terms.every=32", images=128)
    train(changed(run, ["total_images=256"]), run, resume=True)
    parts = [
        [record["item"] for record in records_of(path, "history")]
        for path in sorted((run.folder / "wandb").glob("offline-run-*/*.wandb"))
    ]
    assert len(parts) == 2
    assert (
        len(
            {
                record["run_id"]
                for path in (run.folder / "wandb").glob("*/*.wandb")
                for record in records_of(path, "run")
            }
        )
        == 1
    )
    steps = [[int(row["_step"]) for row in part] for part in parts]
    assert steps[0] + steps[1] == sorted(set(steps[0] + steps[1])) and steps[1][-1] == 256
    assert all(row["_step"] == row["images"] for part in parts for row in part)


def test_the_same_seed_gives_the_same_run_another_seed_another_and_zero_is_a_seed(tmp_path):
    seeds = {"a": 0, "b": 0, "c": 1}
    runs = {name: small_run("dcgan", tmp_path / name, f"seed={seed}", images=320) for name, seed in seeds.items()}
    weights = {name: torch.load(run.last, weights_only=True)["state_dict"] for name, run in runs.items()}
    tensors = lambda state: {name: tensor for name, tensor in state.items() if isinstance(tensor, torch.Tensor)}
    equal = lambda x, y: all(torch.equal(tensor, y[name]) for name, tensor in tensors(x).items())
    assert equal(weights["a"], weights["b"])
    assert not equal(weights["a"], weights["c"])
    assert list(runs["a"].rows()) == list(runs["b"].rows()) != list(runs["c"].rows())


def test_early_stop_ends_a_run_that_no_longer_improves(tmp_path):
    words = ["callbacks=early_stop", "callbacks.early_stop.patience=128", "callbacks.early_stop.every=64"]
    words += ["callbacks.validate.every=64", "model.optimizers.autoencoder.optimizer.lr=0"]
    run = small_run("ae", tmp_path / "run", *words)
    assert run.result()["stopped_early"] and run.result()["images_seen"] < 640
    assert run.result()["status"] == "finished"
    assert Path(run.last).exists()


def test_checkpoints_are_artifacts_where_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    asked = small_run("ae", tmp_path / "asked", "logger=wandb", "logger.wandb.artifacts=true", images=64)
    (artifact,) = records(asked, "artifact")
    assert {entry["path"] for entry in artifact["manifest"]["contents"]} == {"last.ckpt", "best.ckpt"}
    assert records(small_run("ae", tmp_path / "not", "logger=wandb", images=64), "artifact") == []
