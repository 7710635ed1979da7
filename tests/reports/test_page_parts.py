"""What a page is made of: thinned curves, chosen pictures, folders, and the table in a terminal."""

import base64
import io
import math
import re
import socket
from urllib.parse import unquote

import numpy as np
import pytest
from made_up_runs import column_of, data_of, draw, falling, finished, unpacked
from PIL import Image
from rich.console import Console

from genarium.errors import UserError
from genarium.reports.chosen_pictures import spread
from genarium.reports.compare import compare
from genarium.reports.curves import curves, group_of, thin
from genarium.reports.inline import webp
from genarium.reports.page import render, write_page
from genarium.reports.pictures import album
from genarium.reports.run_record import failures, records
from genarium.reports.terminal import print_runs
from genarium.runs import metrics_csv
from genarium.runs.run import find_runs


def test_a_thinned_curve_keeps_spikes_gaps_and_its_ends():
    values = np.sin(np.arange(10_000) / 200)
    values[4321], values[7000], values[9999] = 50.0, math.nan, math.inf
    kept = thin(values, points=300)
    assert 200 <= len(kept) <= 320 and list(kept) == sorted(set(kept))
    assert {4321, 7000, 9998, 9999} <= set(kept)
    assert values[kept][np.isfinite(values[kept])].min() == values[np.isfinite(values)].min()


def test_a_short_curve_is_kept_whole_and_a_curve_of_nothing_finite_has_an_end():
    assert list(thin(np.array([0.5, math.inf, 1 / 3]), points=300)) == [0, 1, 2]
    assert list(thin(np.full(1000, math.nan), points=16))[-1] == 999


def test_packed_curves_are_read_back_as_they_were_logged(make_run):
    long = [math.sin(step) for step in range(5000)]
    runs = [make_run("g/a"), make_run("g/b", series={"train/loss": [1.0, math.nan, -math.inf]})]
    rows = [(1000 * (step + 1), "train/loss", value) for step, value in enumerate(long)]
    runs[0].metrics.write_text(metrics_csv.text(rows))
    found = curves(records(runs))
    grids, positions, values = unpacked(found.sizes, found.data)
    ((metric,),) = [one["metrics"] for one in found.groups]
    assert metric["runs"] == [0, 1] and metric["counts"][1] == 3 and found.sizes["grids"] == [5000, 3]
    assert list(grids[:5000][positions]) == [1000 * (place + 1) for place in positions]
    assert np.allclose(values[: len(positions)], np.array(long)[positions], rtol=1e-6)
    assert np.array_equal(values[-3:], [1.0, math.nan, -math.inf], equal_nan=True)


def test_curves_are_grouped_with_validation_first_and_speed_last(make_run):
    names = ["speed/images_per_second", "train/loss", "fd/inception/2k", "val/loss", "schedule/beta", "loss"]
    run = make_run("g/a", series={name: [1.0] for name in names})
    groups = [one["group"] for one in curves(records([run])).groups]
    assert groups == ["val", "train", "fd/inception", "other", "schedule", "speed"]
    assert group_of("latent/kl/03") == "latent/kl"


def test_chosen_pictures_are_evenly_spread_with_the_first_and_the_last():
    assert spread(range(0, 1001, 10), 5) == [0, 250, 500, 750, 1000]
    assert spread([1, 2, 3], 12) == [1, 2, 3]


def source(taken) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(taken[1].partition(",")[2])))


def inlined(found) -> int:
    return sum(len(address) for runs in found.kinds.values() for taken in runs.values() for _, address in taken)


def test_of_a_few_runs_every_step_stands_in_the_page(make_run):
    run = make_run("g/a")
    draw(run, "samples", range(0, 30_000, 1000))
    found = album(records([run]))
    taken = found.kinds["samples"][0]
    assert [time for time, _ in taken] == list(range(0, 30_000, 1000))
    assert source(taken[-1]).format == "WEBP" and source(taken[-1]).size == (128, 128)
    assert "of every step" in found.notes[0] and not found.beside


@pytest.mark.parametrize(("share", "told"), [(3, "at most"), (1.2, "last one"), (0.4, "80 pixels"), (0.04, "first")])
def test_the_budget_holds_however_many_runs_there_are_and_the_page_says_what_it_leaves_out(make_run, share, told):
    runs = [make_run(f"g/{index}") for index in range(20)]
    for run in runs:
        draw(run, "samples", range(0, 8000, 1000), cells=8)
        draw(run, "traversals", [7000])
    whole = [webp(run.picture(kind, 7000), 2048) for run in runs for kind in ("samples", "traversals")]
    budget = round(share * sum(4 * len(data) / 3 for data in whole))
    found = album(records(runs), budget)
    assert 0 < inlined(found) <= budget
    assert all(taken[-1][0] == 7000 for runs in found.kinds.values() for taken in runs.values())
    assert any(told in note for note in found.notes)
    with_pictures = len(found.kinds["samples"])
    assert with_pictures == 20 or any(f"first {with_pictures} of 20 runs" in note for note in found.notes)


def test_of_many_runs_the_last_pictures_are_thumbnails_and_every_step_lies_beside_the_page(make_run, tmp_path):
    runs = [make_run(f"g/run {index}") for index in range(25)]
    for run in runs:
        draw(run, "samples", [0, 1000], cells=12)
    page = compare([tmp_path / "g"], tmp_path / "out" / "page.html")
    text = page.read_text()
    taken = data_of(text)["pictures"]["samples"]
    assert len(taken) == 25 and all(len(one) == 2 for one in taken.values())
    first, last = taken["24"]
    assert max(source(last).size) == 320
    beside = page.parent / unquote(first[1])
    assert beside.read_bytes() == runs[24].picture("samples", 0).read_bytes()
    assert "lie in the folder page_pictures beside this page" in text and "img-src data: 'self'" in text
    compare([tmp_path / "g"], page)  # once more over the same folder
    assert beside.exists()


def test_a_torn_picture_is_left_out_and_named(make_run):
    run = make_run("g/a")
    draw(run, "samples", [0, 1000])
    torn = run.picture("samples", 1000)
    torn.write_bytes(torn.read_bytes()[:200])
    found = album(records([run]))
    assert [time for time, _ in found.kinds["samples"][0]] == [0]
    assert found.notes[0] == f"{torn} is no readable picture and was left out."
    run.picture("samples", 0).write_bytes(b"")
    assert album(records([run])).kinds == {}


def test_runs_are_found_in_their_own_folder_in_a_groups_and_in_all_runs_each_once_in_natural_order(make_run, tmp_path):
    for name in ("seed=10", "seed=2"):
        run = make_run(f"runs/g/{name}")
        (run.folder / ".hydra").mkdir()
        (run.folder / ".hydra" / "config.yaml").touch()
        (run.folder / "wandb" / "files").mkdir(parents=True)
        (run.folder / "wandb" / "files" / "config.yaml").touch()
    place = tmp_path / "runs"
    names = [[run.folder.name for run in find_runs(folders)] for folders in ([place], [place / "g"])]
    assert names == [["seed=2", "seed=10"]] * 2
    assert [run.folder.name for run in find_runs([place / "g" / "seed=10", place])] == ["seed=10", "seed=2"]


def test_runs_are_found_however_deep_they_lie_and_what_is_not_looked_into_is_said(make_run, tmp_path, capsys):
    deep = ["a/b/c/2024/05/01", "a/b", "a/b/c/other"]  # the second is a run in whose folder the others lie
    for place in deep:
        folder = tmp_path / "runs" / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.yaml").write_text("seed: 0\n")
    (tmp_path / "runs/a/up").symlink_to(tmp_path / "runs")
    found = {str(run.folder.relative_to(tmp_path / "runs")) for run in find_runs([tmp_path / "runs"])}
    assert found == set(deep) and capsys.readouterr().err == ""
    far = tmp_path / "runs" / "/".join("x" * 20)
    far.mkdir(parents=True)
    assert len(find_runs([tmp_path / "runs"])) == 3
    assert "not looked into for runs, 16 folders deep" in capsys.readouterr().err


def test_a_run_whose_process_is_gone_is_not_running(make_run):
    gone = {"status": "running", "pid": 2**22 + 1, "host": socket.gethostname()}
    shown = [record.status for record in records([make_run("g/a", result=gone)])]
    assert shown == ["interrupted"]


def test_folders_without_runs_are_refused_with_a_remedy(make_run, tmp_path):
    (tmp_path / "empty").mkdir()
    for folders, message in (([], "No run"), ([tmp_path / "nowhere"], "no folder"), ([tmp_path / "empty"], "no run")):
        with pytest.raises(UserError, match=message):
            compare(folders, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_page_that_cannot_be_written_is_refused_before_the_work(make_run, tmp_path):
    run = make_run("g/a")
    (tmp_path / "file").touch()
    for out in (tmp_path / "file" / "page.html", tmp_path):
        with pytest.raises(UserError, match="out="):
            compare([run.folder], out)
    with pytest.raises(UserError, match="out="):
        write_page([run], tmp_path / "file" / "page.html", "title")


def test_a_page_escapes_whatever_a_run_says(make_run):
    nasty = "</script><script>alert('x')</script>&\"β"
    result = finished(nasty, "vae") | {"status": "failed", "error": nasty, "device": nasty, "versions": {nasty: nasty}}
    result["protocols"] = {"a1b2c3": {nasty: nasty}}
    run = make_run("g/a", config={"note": nasty}, result=result, series={nasty: [1.0]})
    other = make_run("g/b", config={"note": 1})
    draw(run, "samples", [0])
    text = render(records([run, other]), nasty, nasty)
    assert "<script>alert" not in text and text.count("</script>") == 3
    assert "&lt;script&gt;alert" in text and data_of(text)["runs"][0]["error"] == nasty


def test_a_page_names_nothing_on_the_network(make_run):
    run = make_run("g/a", result=finished("a", "vae"), series={"val/loss": falling(3, 1)})
    draw(run, "samples", [0])
    text = render(records([run]), "title", "genarium compare g")
    assert not re.search(r"(?:https?:)?//[a-z0-9]+\.", re.sub(r"base64,[A-Za-z0-9+/=]+", "", text))
    assert "default-src 'none'" in text


def test_of_many_failed_runs_the_first_are_told_and_the_others_counted(make_run):
    failed = {"status": "failed", "error": "The loss became NaN."}
    read = records([make_run(f"g/{index:02d}", result=failed) for index in range(20)])
    told = failures(read)
    assert told[0] == "00 failed: The loss became NaN." and len(told) == 9
    assert told[-1] == "12 more runs failed; the table says why."
    assert failures(read[:8]) == told[:8]


def test_sections_without_content_say_why(make_run):
    text = render(records([make_run("g/a")]), "title", "genarium compare g")
    for sentence in (
        "No run has logged a number yet",
        "No run has drawn a picture yet",
        "No run has been evaluated yet",
    ):
        assert sentence in text
    assert '<div id="curves"' not in text and '<div id="pictures"' not in text


def test_values_that_are_not_finite_leave_the_data_valid_json(make_run):
    result = finished("a", "vae", fd=math.inf)
    run = make_run("g/a", result=result, series={"train/loss": [1.0, math.nan, -math.inf]})
    text = render(records([run]), "title", "genarium compare g")
    assert column_of(text, "fd/efficientnet_lite0/2k_train") == ["inf"]


def test_the_page_tells_the_command_that_makes_it_again(make_run, tmp_path):
    run = make_run("g/my run")
    page = compare([run.folder], tmp_path / "new" / "page.html")
    assert f"genarium compare &#x27;{run.folder}&#x27; out={page}" in page.read_text()


@pytest.mark.parametrize("count", [2, 6])
def test_the_terminal_table_shows_runs_numbers_and_failures_at_any_width(make_run, count):
    runs = [make_run(f"g/[red]{i}", config={"lr": i}, result=finished(f"[red]{i}", "vae")) for i in range(count)]
    runs[0].update_result(status="failed", error="The loss [became] NaN.")
    for width in (60, 200):
        console = Console(width=width, record=True, file=io.StringIO())
        print_runs(runs, console)
        text = console.export_text()
        assert "[red]1" in text and "finished" in text and "[red]0 failed: The loss [became] NaN." in text
        assert max(map(len, text.splitlines())) <= width
        assert ("12.50" in text) or ("more columns" in text)
    assert "12.50" in text and "lr" in text
