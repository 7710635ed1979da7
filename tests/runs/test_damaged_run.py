"""A file of a run that is empty, cut or of another kind is named with the way out, before any work."""

import shutil
from pathlib import Path

import pytest
import torch

from genarium import cli
from genarium.commands.key_values import parse_key_values
from genarium.commands.train import resume
from genarium.config import recipe
from genarium.errors import UserError
from genarium.runs.run import Run, find_runs
from genarium.training.checkpoint import load_checkpoint, restore
from small import small_run

TEXTS = {
    "empty": b"",
    "NUL bytes": b"\0" * 64,
    "a list": b"[1, 2]\n",
    "null": b"null\n",
    "a text": b"finished\n",
    "a number": b"7\n",
    "not UTF-8": b"\xff\xfe\x00",
    "an unfinished interpolation": b'name: "${broken"\n',
    "brackets": b"[" * 20_000,
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Run:
    return small_run("ae", tmp_path_factory.mktemp("runs") / "run", images=64)


@pytest.fixture
def run(trained, tmp_path) -> Run:
    return Run(shutil.copytree(trained.folder, tmp_path / "run"))


def refused(act, path: Path) -> str:
    with pytest.raises(UserError) as told:
        act()
    assert str(path) in str(told.value) and "\n" not in str(told.value)
    return str(told.value)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("file", ["result.json", "config.yaml", "checkpoints/last.ckpt"])
def test_a_file_of_other_bytes_is_named_and_nothing_is_touched(run, file, text):
    path = run.folder / file
    path.write_bytes(text)
    before = contents(run.folder)
    refused(lambda: resume(str(run.folder), ["total_images=128"]), path)
    if file == "checkpoints/last.ckpt":
        refused(lambda: restore(run), path)
    assert contents(run.folder).items() >= before.items()


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("file", ["result.json", "config.yaml", "checkpoints/last.ckpt"])
def test_a_file_that_is_cut_anywhere_is_named(run, file, share):
    path = run.folder / file
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refused({"result.json": run.result, "config.yaml": lambda: recipe.read(path)}.get(file, lambda: restore(run)), path)


@pytest.mark.parametrize("file", ["result.json", "metrics.csv", "checkpoints/last.ckpt"])
def test_a_folder_in_a_files_place_is_named(run, file):
    path = run.folder / file
    path.unlink()
    path.mkdir()
    refused(lambda: resume(str(run.folder), ["total_images=128"]), path)


def test_what_a_sentence_names_works_when_typed(run):
    run.config.write_bytes(b"")
    said = refused(lambda: resume(str(run.folder), []), run.config)
    assert said.endswith(f"cp {run.recipe} {run.config}")
    shutil.copy(run.recipe, run.config)
    run.record.write_bytes(b"")
    assert "delete it" in refused(lambda: resume(str(run.folder), ["total_images=96"]), run.record)
    run.record.unlink()
    run.last.write_bytes(b"")
    assert f"cp {run.best} {run.last}" in refused(lambda: resume(str(run.folder), ["total_images=96"]), run.last)
    shutil.copy(run.best, run.last)
    resume(str(run.folder), ["total_images=96"])
    run.last.write_bytes(b"")
    run.best.unlink()
    assert "delete it to train from the start" in refused(lambda: resume(str(run.folder), []), run.last)
    run.last.unlink()
    resume(str(run.folder), [])
    assert run.result()["images_seen"] == 96 and run.result()["status"] == "finished"


@pytest.mark.parametrize("text", [b"", b"\0\0", b"- a\n", b"name: ${"])
def test_without_its_recipe_a_run_goes_on_as_one_of_before(run, text):
    run.recipe.write_bytes(text)
    resume(str(run.folder), ["total_images=128"])
    assert recipe.read(run.config)["model"]["optimizers"]["autoencoder"]["lr_schedule"]["over"] == 128


@pytest.mark.parametrize(
    "saved",
    [[1, 2], torch.zeros(3), {}, {"state_dict": {}}, {"state_dict": [], "optimizer_states": [], "callbacks": {}}],
)
def test_a_file_of_torch_that_is_no_checkpoint_is_named(run, saved):
    torch.save(saved, run.last)
    refused(lambda: load_checkpoint(run.last), run.last)


@pytest.mark.parametrize(
    "end", [b"64,val/loss,4.9e", b"64,val/loss,-", b"64,val/loss,4", b"64,val/lo", b"\0\0\0\0", b"64", b"\0\0\r\n"]
)
def test_a_line_without_its_end_counts_for_nothing(run, end):
    whole = run.rows()
    with run.metrics.open("ab") as file:
        file.write(end)
    assert run.rows() == whole
    run.rewind(64)
    assert run.rows() == whole and run.metrics.read_bytes().endswith(b"\r\n")
    run.append(96, {"val/loss": 1.5})
    assert run.rows() == [*whole, (96, "val/loss", 1.5)]


def test_an_empty_metrics_csv_gets_its_header_again(run):
    run.metrics.write_bytes(b"")
    run.append(64, {"a": 1.0})
    assert run.metrics.read_text() == "images,name,value\n64,a,1.0\n"
    assert run.rows() == [(64, "a", 1.0)]


@pytest.mark.parametrize("line", ["x,val/loss,1", "64,val/loss", "64,val/loss,many", "64,a,1,2"])
def test_a_damaged_line_in_the_middle_is_named_by_its_number(run, line):
    run.metrics.write_text(f"images,name,value\n32,a,1.0\n{line}\n64,a,2.0\n")
    assert "in line 3" in refused(run.rows, run.metrics)


def test_evaluate_finds_a_damaged_record_before_its_work(run, monkeypatch, capsys):
    run.record.write_bytes(b"")
    monkeypatch.setattr("genarium.commands.evaluate_run.restore", lambda *words: pytest.fail("it began to work"))
    monkeypatch.setattr("sys.argv", ["genarium", "evaluate", f"run={run.folder}", "evaluation=offline"])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert f"{run.record} is damaged" in capsys.readouterr().err


def test_a_group_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs/mine/one").mkdir(parents=True)
    (tmp_path / "runs/mine/one/config.yaml").write_text("seed: 0\n")
    assert [run.folder.name for run in find_runs(["mine"])] == ["one"]
    (tmp_path / "runs/mine").rename(tmp_path / "runs/ü=1")
    assert parse_key_values(["ü=1", "out=x"], {"out": ""}) == ({"out": "x"}, ["ü=1"])
    (tmp_path / "runs/ü=1").rename(tmp_path / "runs/mine")
    with pytest.raises(UserError, match="There is no folder yours"):
        find_runs(["yours"])
