"""`genarium sync`: what was kept offline goes to W&B's server, each part once, whatever comes between."""

import shutil

import pytest
import wandb

from genarium.commands import sync
from genarium.config.resume import changed
from genarium.errors import UserError
from genarium.runs import wandb_server
from genarium.runs.run import Run
from genarium.training.fit import train
from small import small_run
from wandb_stub import Stub


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """Two runs that were offline, one of them resumed."""
    group = tmp_path_factory.mktemp("group")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_MODE", "offline")
        a, _ = [small_run("ae", group / name, "logger=wandb", f"name={name}", images=64) for name in ("a", "b")]
        train(changed(a, ["total_images=128"]), a, resume=True)
        wandb.teardown()  # W&B's service writes its logs to their end, before they are copied
    return group


@pytest.fixture
def group(logged, tmp_path):
    return shutil.copytree(logged, tmp_path / "group")


@pytest.fixture
def server(monkeypatch):
    made = Stub()
    wandb.teardown()
    wandb_server.unreachable.cache_clear()
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", made.address)
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    yield made
    made.close()
    wandb.teardown()


def identity(run: Run) -> str:
    return (run.folder / "wandb/run_id").read_text()


def sent(server: Stub, run: Run) -> dict[tuple[int, str], float]:
    return {(row["images"], name): value for row in server.rows[identity(run)] for name, value in row.items()}


def test_all_parts_of_all_runs_are_uploaded_once(group, server, capsys):
    sync.main([str(group)])
    assert "uploaded 3 of 3 parts of 2 runs" in capsys.readouterr().out
    for run in (Run(group / "a"), Run(group / "b")):
        there = sent(server, run)
        kept = {(images, name): value for images, name, value in run.rows()}
        assert kept and all(there[key] == pytest.approx(value) for key, value in kept.items())
        assert server.runs[identity(run)]["groupName"] == "default"
    before = {name: len(rows) for name, rows in server.rows.items()}
    sync.main([str(group)])
    assert "nothing to upload: 2 runs" in capsys.readouterr().out
    assert before == {name: len(rows) for name, rows in server.rows.items()}


def test_a_run_that_the_server_refuses_is_a_sentence_and_the_same_command_goes_on(group, server, capsys):
    a, b = Run(group / "a"), Run(group / "b")
    server.refused = {identity(b)}
    with pytest.raises(UserError, match=r"1 part could not be uploaded \(.*permission denied\): repeat the command"):
        sync.main([str(group)])
    assert "uploaded 2 of 3 parts" in capsys.readouterr().out and identity(b) not in server.rows
    server.refused, server.rows = set(), {}
    sync.main([str(group)])
    assert "uploaded 1 of 1 parts" in capsys.readouterr().out
    assert server.rows.keys() == {identity(b)} and identity(a) not in server.rows


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("WANDB_BASE_URL", "http://127.0.0.1:9", "127.0.0.1:9 cannot be reached"),
        ("WANDB_API_KEY", None, "no API key: run `wandb login`"),
        ("WANDB_MODE", "offline", "WANDB_MODE=offline"),
    ],
)
def test_without_a_server_or_a_key_it_is_one_sentence_and_nothing_changes(
    group, server, monkeypatch, variable, value, why
):
    if value:
        monkeypatch.setenv(variable, value)
    else:
        monkeypatch.delenv(variable)
        monkeypatch.setattr(wandb, "login", lambda **_: False)
    before = sorted(group.rglob("*"))
    with pytest.raises(UserError) as said:
        sync.main([str(group)])
    assert f"nothing was uploaded ({why}" in str(said.value) and "\n" not in str(said.value)
    assert sorted(group.rglob("*")) == before and not server.rows


def test_what_is_still_training_is_left_for_later(group, server, monkeypatch, capsys):
    monkeypatch.setattr(Run, "status", lambda run: "running" if run.folder.name == "a" else "finished")
    sync.main([str(group)])
    printed = capsys.readouterr()
    assert "uploaded 1 of 1 parts of 1 run" in printed.out and "left for later" in printed.err


@pytest.mark.parametrize(("words", "said"), [([], "say which runs"), (["--all"], "there is no option --all")])
def test_a_wrong_word_is_a_sentence(words, said):
    with pytest.raises(UserError, match=said):
        sync.main(words)
