"""TensorBoard, MLflow and Trackio mirror a run's folder: numbers, settings and pictures, read back by their own
libraries; one that fails costs the run nothing."""

import io
import json
import sqlite3
import tomllib

import numpy as np
import pytest
from PIL import Image

from genarium import api
from genarium.config import compose, conf_groups
from genarium.config.recipe import plain_leaves
from genarium.config.resume import changed
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.runs.trackers import check
from genarium.training.fit import train
from small import FORKS, REPOSITORY, small_run

IMAGES = 128
WORDS = ("callbacks.terms.every=32", "group=study")


def kept(run: Run) -> dict[tuple[int, str], float]:
    return {(images, name): value for images, name, value in run.rows()}


def settings(run: Run) -> dict[str, object]:
    return plain_leaves(compose.as_dict(compose.load(run.config)))


@pytest.fixture(scope="module")
def tensorboard(tmp_path_factory) -> Run:
    pytest.importorskip("tensorboard")
    folder = tmp_path_factory.mktemp("study") / "tensorboard"
    return small_run("vae", folder, *WORDS, "logger=tensorboard", images=IMAGES)


def events(run: Run):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(run.folder / "tensorboard"), {"scalars": 0, "images": 0}).Reload()


def scalars(run: Run) -> dict[tuple[int, str], float]:
    found = events(run)
    return {(e.step, tag): e.value for tag in found.Tags()["scalars"] for e in found.Scalars(tag)}


def test_tensorboard_has_every_number_of_the_folder_by_images_seen(tensorboard):
    assert kept(tensorboard) == pytest.approx(scalars(tensorboard), rel=1e-6) and len(kept(tensorboard)) > 20


def test_tensorboard_has_the_pictures_of_the_folder(tensorboard):
    found = events(tensorboard)
    for kind, files in tensorboard.pictures().items():
        sent = {image.step: image.encoded_image_string for image in found.Images(f"pictures/{kind}")}
        assert sent.keys() == files.keys()
        for images, file in files.items():
            assert np.array_equal(decoded(sent[images]), np.asarray(Image.open(file).convert("RGB")))


def decoded(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_tensorboard_has_the_settings_of_the_run(tensorboard):
    from tensorboard.plugins.hparams import plugin_data_pb2

    raw = events(tensorboard).summary_metadata["_hparams_/session_start_info"].plugin_data.content
    sent = plugin_data_pb2.HParamsPluginData.FromString(raw).session_start_info.hparams
    assert sent.keys() == settings(tensorboard).keys() and sent["model.latent_dim"].number_value == 24


def test_what_a_resumed_run_forgot_tensorboard_forgets_too(tmp_path):
    pytest.importorskip("tensorboard")
    run = small_run("ae", tmp_path / "run", *WORDS, "logger=tensorboard", images=IMAGES)
    train(changed(run, [f"total_images={2 * IMAGES}"]), run, resume=True)
    assert kept(run) == pytest.approx(scalars(run), rel=1e-6)


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory) -> Run:
    for module in ("mlflow", "sqlalchemy", "alembic"):
        pytest.importorskip(module)
    folder = tmp_path_factory.mktemp("study") / "mlflow"
    run = small_run("vae", folder, *WORDS, "logger=mlflow", images=IMAGES)
    train(changed(run, [f"total_images={2 * IMAGES}"]), run, resume=True)
    return run


def client(run: Run):
    from mlflow import MlflowClient

    return MlflowClient(f"sqlite:///{run.folder.parent / 'mlflow.db'}")


def test_mlflow_has_numbers_settings_and_pictures_of_all_parts_of_a_resumed_run_in_one(mlflow):
    asked = client(mlflow)
    experiment = asked.get_experiment_by_name("study")
    (run,) = asked.search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED" and run.info.run_name == "run"
    sent = {
        (m.step, name): m.value for name in run.data.metrics for m in asked.get_metric_history(run.info.run_id, name)
    }
    assert kept(mlflow) == pytest.approx(sent)
    assert run.data.params.keys() == settings(mlflow).keys() and run.data.params["model.latent_dim"] == "24"
    for kind, files in mlflow.pictures().items():
        names = [file.path for file in asked.list_artifacts(run.info.run_id, f"pictures/{kind}")]
        assert sorted(names) == [f"pictures/{kind}/{file.name}" for file in files.values()]


def begin_mlflow(folder: str, name: str) -> None:
    from genarium.runs.trackers.mlflow_tracker import MLflowTracker

    MLflowTracker(folder, "study", name, None).log_metrics({"a": 1.0}, step=1)


def test_workers_that_begin_at_once_make_one_database_and_one_experiment(tmp_path):
    for module in ("mlflow", "sqlalchemy", "alembic"):
        pytest.importorskip(module)
    workers = [FORKS.Process(target=begin_mlflow, args=(str(tmp_path / name), name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    asked = client(Run(tmp_path / "a"))
    (experiment,) = [found for found in asked.search_experiments() if found.name == "study"]
    runs = asked.search_runs([experiment.experiment_id])
    assert {(run.info.run_name, run.data.metrics["a"]) for run in runs} == {(name, 1.0) for name in "abc"}


@pytest.fixture(scope="module")
def trackio(tmp_path_factory) -> tuple[Run, object]:
    place = tmp_path_factory.mktemp("trackio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKIO_DIR", str(place / "kept"))  # read when it is imported, hence here
        pytest.importorskip("trackio")
        run = small_run("vae", place / "study" / "trackio", *WORDS, "logger=trackio", images=IMAGES)
    return run, place / "kept"


def test_trackio_has_numbers_settings_and_pictures(trackio):
    run, place = trackio
    rows = sqlite3.connect(place / "genarium.db").execute("select step, metrics from metrics order by id").fetchall()
    sent = {(step, name): value for step, text in rows for name, value in json.loads(text).items()}
    assert kept(run) == pytest.approx({key: sent[key] for key in kept(run)})
    shown = {name for _, name in sent if name.startswith("pictures/")}
    assert shown == {f"pictures/{kind}" for kind in run.pictures()}
    ((config,),) = sqlite3.connect(place / "genarium.db").execute("select config from configs").fetchall()
    assert json.loads(config)["model.latent_dim"] == 24


EVALUATED = ("evaluation=offline", "evaluation.num_samples=8", "evaluation.measures=[reconstructions]")


@pytest.mark.parametrize("name", ["tensorboard", "mlflow", "trackio"])
def test_an_evaluation_goes_on_in_the_tracker_of_the_training(name, request, capsys):
    if name == "trackio":
        run, place = request.getfixturevalue("trackio")
    else:
        run = request.getfixturevalue(name)
    api.evaluate(run, *EVALUATED)
    assert "fails" not in capsys.readouterr().err
    numbers = {f"evaluation/{key}": entry["value"] for key, entry in run.result()["numbers"].items()}
    assert numbers
    if name == "tensorboard":
        sent = {tag: value for (_, tag), value in scalars(run).items()}
        drawn = [image.step for image in events(run).Images("pictures/evaluation/reconstructions")]
    elif name == "mlflow":
        asked = client(run)
        (found,) = asked.search_runs([asked.get_experiment_by_name("study").experiment_id])
        sent, status = found.data.metrics, found.info.status
        drawn = [f.path for f in asked.list_artifacts(found.info.run_id, "pictures/evaluation/reconstructions")]
        assert status == "FINISHED"
    else:
        rows = sqlite3.connect(place / "genarium.db").execute("select metrics from metrics").fetchall()
        sent = {key: value for (text,) in rows for key, value in json.loads(text).items()}
        drawn = [key for key in sent if key == "pictures/evaluation/reconstructions"]
    assert {key: sent[key] for key in numbers} == pytest.approx(numbers, rel=1e-6) and len(drawn) == 1


def test_several_trackers_mirror_one_run(tmp_path, monkeypatch, capsys):
    pytest.importorskip("tensorboard")
    monkeypatch.setenv("WANDB_MODE", "offline")
    run = small_run("ae", tmp_path / "run", "logger=[wandb,tensorboard]", images=64)
    assert scalars(run) and list(run.folder.glob("wandb/offline-run-*/*.wandb"))
    printed = capsys.readouterr().err
    assert "W&B offline" in printed and "tensorboard --logdir" in printed


def test_a_tracker_that_is_down_is_said_once_and_costs_the_run_nothing(tmp_path, capsys):
    pytest.importorskip("mlflow")
    words = ("logger=mlflow", "logger.mlflow.tracking_uri=http://127.0.0.1:9", "callbacks.terms.every=32")
    run = small_run("ae", tmp_path / "run", *words, images=IMAGES)
    printed = capsys.readouterr().err
    assert printed.count("logger=mlflow fails (") == 1 and "folder has everything" in printed and "127.0.0.1" in printed
    alone = small_run("ae", tmp_path / "alone", "callbacks.terms.every=32", images=IMAGES)
    assert kept(run) == kept(alone) and run.result()["status"] == "finished"


def test_a_tracker_whose_disk_refuses_costs_the_run_nothing(tmp_path, capsys):
    pytest.importorskip("tensorboard")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/tensorboard").write_text("no folder")
    run = small_run("ae", tmp_path / "run", "logger=tensorboard", images=64)
    assert run.result()["status"] == "finished"
    assert capsys.readouterr().err.count("logger=tensorboard fails") == 1


@pytest.mark.parametrize("name", ["tensorboard", "mlflow", "trackio"])
def test_a_tracker_that_is_not_installed_is_a_sentence_before_the_run(name, tmp_path, monkeypatch):
    monkeypatch.setattr(check, "find_spec", lambda module: None)
    with pytest.raises(UserError, match=rf"logger={name} needs .*: pip install 'genarium\[{name}\]'"):
        small_run("ae", tmp_path / "run", f"logger={name}", images=64)
    assert not (tmp_path / "run").exists()


def test_every_logger_but_wandb_has_an_extra_of_its_name_in_the_package():
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert check.EXTRAS.keys() <= extras.keys()
    assert conf_groups.choices("logger").keys() - {"none", "wandb"} <= check.EXTRAS.keys()


def test_a_list_with_a_logger_that_there_is_not_is_answered_with_the_right_one():
    with pytest.raises(UserError, match="there is no logger 'tensorbord'; did you mean tensorboard"):
        compose.checked(["model=vae", "logger=[wandb,tensorbord]"])


def test_the_logger_of_an_earlier_version_is_answered_with_a_remedy():
    with pytest.raises(UserError, match="add logger=wandb, or logger=none"):
        check.check({"_target_": "genarium.runs.trackers.Tracker", "project": "genarium"})
