"""A page that is rewritten while runs go on, and how important settings are."""

import numpy as np
import pytest
from made_up_runs import data_of, falling, finished

from genarium.commands.compare import main as compare_command
from genarium.errors import UserError
from genarium.reports import watch as watching
from genarium.reports.importance import importance
from genarium.reports.page_columns import page_columns
from genarium.reports.run_record import records
from genarium.runs.run import find_runs

FD = "fd/efficientnet_lite0/2k_train"


def test_a_watched_page_is_rewritten_when_a_run_changes_and_only_then(make_run, tmp_path):
    run, lines, stamps = make_run("g/a", series={"train/loss": falling(3, 1)}), [], []
    page = tmp_path / "page.html"

    def look(rounds: int) -> None:
        watching.watch([run.folder], page, 10**6, every=0.01, told=lines.append, rounds=rounds)
        stamps.append(page.stat().st_mtime_ns)

    look(3)
    assert len(lines) == 1 and data_of(page.read_text())["watch"] == 0.01
    first = watching.state([run.folder])
    run.append(99_000, {"train/loss": 0.5})
    assert watching.state([run.folder]) != first
    look(1)
    assert len(set(stamps)) == 2


def test_an_unknown_option_is_refused_with_the_one_that_there_is(make_run):
    run = make_run("g/a")
    with pytest.raises(UserError, match=r"--wach.*--watch"):
        compare_command([str(run.folder), "--wach"])


def sweep(make_run, count: int):
    random = np.random.default_rng(0)
    for n in range(count):
        beta, width = float(random.choice([1, 2, 4, 8])), int(random.choice([16, 32, 64]))
        fd = 10 * beta + 0.01 * width + random.normal(0, 0.1)
        config = {"seed": n, "model": {"beta": beta, "width": width}}
        yield make_run(f"g/{n}", config, finished(f"r{n}", "vae", fd=fd))


def test_importance_ranks_the_setting_that_a_number_was_made_of_first_with_its_spread(make_run):
    pytest.importorskip("optuna")
    read = records(list(sweep(make_run, 24)))
    (measure,) = importance(read, page_columns(read))["measures"]
    first, *rest = measure["settings"]
    assert measure["name"] == FD and measure["runs"] == 24
    assert first["name"] == "model.beta" and first["mean"] > 0.6 and 0 < first["spread"] < 0.3
    assert {one["name"] for one in rest} == {"model.width", "seed"}
    assert sum(one["mean"] for one in measure["settings"]) == pytest.approx(1, abs=0.01)


def test_importance_is_told_of_what_a_search_followed(make_run):
    """Runs of a search have no evaluated number, but the one that it followed while they trained."""
    for n in range(12):
        config = {"seed": 0, "model": {"beta": n, "width": (n * 7) % 5}}
        result = {key: value for key, value in finished(f"r{n}", "vae").items() if key != "numbers"}
        run = make_run(f"g/{n}", config, result)
        run.append(10, {"selection/mig/val": 0.1 * n})
        run.append(20, {"selection/mig/val": float("nan")})
    read = records(find_runs([run.folder.parent]))
    (measure,) = importance(read, page_columns(read))["measures"]
    assert measure["name"] == "selection/mig/val" and measure["settings"][0]["name"] == "model.beta"


def test_importance_of_too_few_runs_is_a_sentence(make_run):
    read = records(list(sweep(make_run, 5)))
    found = importance(read, page_columns(read))
    assert found["measures"] == [] and "8 finished runs" in found["note"]
