"""The page of a sweep over seeds, with every kind of trouble in it, in a real browser."""

import csv
import io
import math
import socket
from xml.etree import ElementTree

import numpy as np
import pytest
from made_up_runs import draw, falling, finished, write_run
from opened_page import opened
from scipy.stats import t, ttest_ind

from genarium.reports.compare import compare

FD = "fd/efficientnet_lite0/2k_train"
NASTY = ("<img src=x onerror=alert(1)>", "=HYPERLINK(0)", "ünïcödé 花 مرحبا", "x" * 200)
VALUES = {1.0: [10.0, 11.0, 12.5], 2.0: [10.5, 11.5, 14.0], 8.0: [30.0, 31.0, 29.0]}
SAVED = """window.saved = []; window.save = save = (name, content) => saved.push([name, content]);
byId(arguments[0]).click(); return saved[0]"""


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """Three values of beta, three seeds each, of unequal length; then what a page must bear."""
    folder = tmp_path_factory.mktemp("sweep")
    for beta, values in VALUES.items():
        for seed, fd in enumerate(values):
            series = {"val/loss": falling(100, 10 * beta + seed, 20 - seed)}
            config = {"seed": seed, "model": {"beta": beta}}
            draw(
                write_run(folder / f"b{beta}-s{seed}", config, finished(f"{beta} {seed}", "vae", fd=fd), series),
                "samples",
                [0],
            )
    for number, name in enumerate(NASTY):
        config = {"seed": 0, "model": {"beta": 100.0 + number}}
        write_run(folder / f"nasty{number}", config, finished(name, "vae", fd=50.0), {"val/loss": [math.inf, math.nan]})
    other = finished("other protocol", "vae", protocol="d4e5f6", fd=1.0)
    write_run(folder / "other", {"seed": 0, "model": {"beta": 50.0}}, other, {name: [3.0] for name in NASTY})
    for status, more in {"pruned": {}, "running": {"pid": 2**22 + 1, "host": socket.gethostname()}}.items():
        write_run(folder / status, {"seed": 0, "model": {"beta": 60.0}}, {"status": status, "name": status} | more)
    write_run(folder / "bare")
    return compare([folder], folder / "page.html")


@pytest.fixture
def sweep(browser, page):
    with opened(browser, page) as found:
        yield found


def group(sweep, beta: float) -> int:
    return next(at for at, label in enumerate(sweep.rows()) if label.endswith(f"beta={beta:g}"))


def test_runs_are_grouped_by_all_but_the_seed_with_the_interval_of_scipy(sweep):
    cells = sweep.cells(f"{FD} · a1b2c3")
    for beta, values in VALUES.items():
        low, high = t.interval(0.95, 2, loc=np.mean(values), scale=np.std(values, ddof=1) / math.sqrt(3))
        center, half = map(float, cells[group(sweep, beta)].split(" ± "))
        assert center == pytest.approx(np.mean(values), abs=0.06) and half == pytest.approx((high - low) / 2, rel=0.05)


def test_groups_that_scipy_cannot_tell_from_the_best_are_marked_and_others_are_not(sweep):
    marks = """const mark = (cell) => ['best', 'near'].find((one) => cell.classList.contains(one)) || '';
    const rows = [...document.querySelectorAll('#runs tbody tr')];
    return rows.map((row) => [...row.querySelectorAll('td.number')].map(mark))"""
    shown = sweep.run(marks)
    assert shown[group(sweep, 1.0)][0] == "best"
    for beta in (2.0, 8.0):
        same = ttest_ind(VALUES[1.0], VALUES[beta], equal_var=False).pvalue > 0.05
        assert (shown[group(sweep, beta)][0] == "near") == same
    assert shown[group(sweep, 8.0)][0] == ""


def test_a_mean_does_not_change_with_what_is_drawn(sweep):
    before = sweep.cells(f"{FD} · a1b2c3")
    sweep.click("#none")
    assert sweep.cells(f"{FD} · a1b2c3") == before


def test_grouped_curves_have_bands_and_unequal_lengths_end_where_they_were_logged(sweep):
    assert sweep.panel("val/loss") == {"curves": 7, "bands": 3}
    found = sweep.run("return panels[0].drawn.bands[0].counts")
    assert found[0] == 3 and found[-1] == 1
    sweep.type("#by", "none")
    assert sweep.panel("val/loss") == {"curves": 13, "bands": 0} and len(sweep.rows()) == 17


def test_settings_of_my_choice_group_too(sweep):
    sweep.type("#by", "own")
    sweep.open(sweep.run("return location.hash"))
    assert sweep.find("#own").is_displayed() and len(sweep.rows()) < 17


def test_two_protocols_are_two_columns_each_with_its_terms_in_the_tooltip(sweep):
    for key, reals in (("a1b2c3", 2000), ("d4e5f6", 500)):
        title = sweep.find(f'[data-column="{FD} · {key}"] button').get_attribute("title")
        assert f"protocol {key}: " in title and f"reals {reals}" in title and "Fréchet" in title


def test_statuses_of_runs_that_did_not_finish_are_told(sweep):
    statuses = ", ".join(sweep.cells("status"))
    assert all(word in statuses for word in ("pruned", "interrupted", "not started"))
    assert sweep.ask('status == "pruned"') == [label for label in sweep.rows() if label.endswith("60")]


def test_nothing_of_a_run_becomes_a_part_of_the_page(sweep):
    sweep.type("#by", "none")
    assert set(NASTY) <= set(sweep.rows())
    assert sweep.run("return document.querySelectorAll('img[src=x]').length") == 0
    assert sweep.run("return [...document.querySelectorAll('.panel figcaption span')].map((one) => one.textContent)")[
        -1
    ]


def test_an_exported_csv_holds_the_numbers_in_full_and_no_formula(sweep):
    sweep.type("#by", "none")
    name, text = sweep.run(SAVED, "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert name == "runs.csv" and {row[f"{FD} · a1b2c3"] for row in rows} >= {"10", "12.5", "14"}
    labels = {row["run"] for row in rows}
    assert "'=HYPERLINK(0)" in labels and "=HYPERLINK(0)" not in labels


def test_exported_markdown_and_latex_hold_every_row_with_what_would_break_them_escaped(sweep):
    _, text = sweep.run(SAVED, "markdown")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert len(lines) == 2 + len(sweep.rows())
    _, text = sweep.run(SAVED, "latex")
    body = text.partition("\\midrule")[2].partition("\\bottomrule")[0].strip().splitlines()
    assert len(body) == len(sweep.rows())
    assert len({line.replace("\\&", "").count("&") for line in body}) == 1 and "\\toprule" in text
    assert "11.2 \\pm 3.1" in text


def test_a_curve_is_saved_as_a_picture_that_holds_its_lines(sweep):
    sweep.look('[data-metric="val/loss"]')
    name, text = sweep.run(SAVED.replace("byId(arguments[0]).click()", "saveSvg(panels[0])"))
    paths = [one for one in ElementTree.fromstring(text).iter() if one.tag.endswith("path")]
    assert name == "val_loss.svg" and len(paths) > 16


def test_a_range_on_an_axis_narrows_the_runs_everywhere_and_stands_in_the_address(sweep):
    sweep.run("brush(columnOf.get('model.beta'), [1.5, 9])")
    assert {label.rpartition("=")[2] for label in sweep.rows()} == {"2", "8"}
    sweep.open(sweep.run("return location.hash"))
    assert {label.rpartition("=")[2] for label in sweep.rows()} == {"2", "8"}
    sweep.click("#clear-brushes")
    assert len(sweep.rows()) > 2


def test_a_range_is_dragged_along_an_axis(sweep):
    sweep.look("#parallel")
    script = """const place = byId('parallel'), box = place.getBoundingClientRect();
    const axis = place.axes.find(({column}) => column.name === 'model.beta');
    place.setPointerCapture = () => {};
    const at = (kind, value) => place.dispatchEvent(new PointerEvent(kind,
        {clientX: box.left + axis.x, clientY: box.top + axis.y.at(value), bubbles: true}));
    at('pointerdown', 1.5); at('pointerup', 9)"""
    sweep.run(script)
    sweep.settle()
    assert {label.rpartition("=")[2] for label in sweep.rows()} == {"2", "8"}


def test_a_scatter_shows_groups_with_intervals_and_names_them(sweep):
    sweep.look("#scatter")
    sweep.type("#scatter-x", "training time")
    sweep.type("#scatter-y", f"{FD} · a1b2c3")
    sweep.look("#scatter")
    script = """const box = byId('scatter').getBoundingClientRect(), point = byId('scatter').points[0];
    const at = {clientX: box.left + point.px, clientY: box.top + point.py};
    byId('scatter').dispatchEvent(new PointerEvent('pointermove', at));
    return [byId('scatter-name').textContent, point.line.label]"""
    text, label = sweep.run(script)
    assert label in text and sweep.find("#scatter").get_attribute("data-points") == "7"


def test_importance_finds_the_setting_that_the_measure_was_made_of(sweep):
    sweep.look("#importance")
    first = sweep.texts("#importance li")[0]
    assert first.startswith("beta") and " ± " in first and first.endswith("%")


def test_a_hash_that_was_cut_or_made_up_opens_the_page_all_the_same(sweep):
    sweep.open(
        "#q=lr+%3E&cols=[oops&sort=none&by=nothing&at=x&brush=[[%22model.beta%22],[1]]&axes=7&kinds={}&x=furlongs"
    )
    assert len(sweep.rows()) > 1 and "lr" in sweep.find("#wrong").text
    assert sweep.panel("val/loss")["curves"] > 1
