"""One bad run among many: a row of its own, and a line that names the file."""

import io
import json
import math

import pytest
from made_up_runs import column_of, falling, finished, values
from rich.console import Console

from genarium.reports.checked_result import sound
from genarium.reports.compare import compare
from genarium.reports.markdown import tables
from genarium.reports.run_record import records
from genarium.reports.table import table
from genarium.reports.terminal import print_runs
from genarium.runs.run import find_runs

FD = "fd/efficientnet_lite0/2k_train"
ENTRY = {"value": 1.0, "images": 5, "protocol": "p"}
RESULTS = {
    "empty": "",
    "cut": json.dumps(finished("b", "vae"))[:90],
    "a list": "[]",
    "null": "null",
    "a text": '"finished"',
    "NUL bytes": "\0" * 40,
    "not UTF-8": "\udcff\udcfe",
    "deep": "[" * 20_000,
    "a number of a thousand digits": '{"seed": ' + "9" * 5_000 + "}",
    "numbers as a list": '{"numbers": [1, 2]}',
    "memory as a number": '{"peak_memory": 3}',
    "a protocol as a text": '{"protocols": {"a": "x"}, "numbers": {"n": {"value": 1, "protocol": "a"}}}',
    "a protocol's name as a list": '{"numbers": {"n": {"value": 1, "protocol": ["a"]}}}',
    "images as a text": '{"numbers": {"n": {"value": 1, "images": "many"}}}',
    "parts as a list": '{"numbers": {"n": {"value": 1, "parts": [1]}}}',
    "times as texts": '{"seconds": "long", "images_seen": [], "images_per_second": {}, "parameters": {"vae": "many"}}',
    "words as tables": '{"status": {"a": 1}, "name": [], "error": {}, "git": 5, "versions": "all", "device": []}',
}
CONFIGS = {
    "empty": "",
    "a list": "- a\n",
    "cut": "a: [",
    "an unfinished interpolation": 'name: "${broken"\n',
    "two colons": "a: b: c\n",
    "an object": "a: !!python/object:os.system {}\n",
    "NUL bytes": "\0\0\0",
    "not UTF-8": "a: \udcff\n",
}
METRICS = {
    "a number cut": "images,name,value\r\n1000,train/loss,1.5\r\n2000,train/loss,1.2e-",
    "NUL bytes": "images,name,value\r\n1000,train/loss,1.5\r\n\0\0\0\0\r\n",
    "another file": "{]\nx: [\n1,two,three\n",
    "a folder's name": "\udcff\n",
}
DAMAGE = [
    *(("result.json", text) for text in RESULTS.values()),
    *(("config.yaml", text) for text in CONFIGS.values()),
    *(("metrics.csv", text) for text in METRICS.values()),
]


@pytest.mark.parametrize(("file", "text"), DAMAGE, ids=[*RESULTS, *CONFIGS, *METRICS])
def test_a_damaged_file_is_named_and_every_run_is_a_row(make_run, tmp_path, file, text):
    for name in ("a", "b", "c"):
        parts = {"config": {"seed": name}, "series": {"train/loss": falling(3, 1)}}
        make_run(f"g/{name}", result=finished(name, "vae"), **parts)
    damaged = tmp_path / "g" / "b" / file
    damaged.write_bytes(text.encode("utf-8", "surrogateescape"))
    runs = find_runs([tmp_path / "g"])
    shown = table(records(runs))
    assert len(shown.labels) == 3 and {"a", "c"} < set(shown.labels)
    assert values(shown)[FD]["a"] == 12.5
    assert (file == "metrics.csv") or any(str(damaged) in note for note in shown.notes)
    console = Console(file=io.StringIO(), width=200)
    print_runs(runs, console)
    assert "12.50" in console.file.getvalue()
    assert "12.50" in tables(runs, "genarium table g")
    assert 12.5 in column_of(compare([tmp_path / "g"], tmp_path / "page.html").read_text(), FD)


def test_a_page_says_which_file_is_damaged_and_how(make_run, tmp_path):
    run = make_run("g/a", result=finished("a", "vae"))
    (run.folder / "result.json").write_text('{"numbers": [1], "seconds": "long", "status": "finished"}')
    path = run.folder / "result.json"
    sentence = f"{path} is damaged and shown in part: numbers is a list, seconds is a text."
    assert sentence in compare([run.folder], tmp_path / "page.html").read_text()
    assert f"- {sentence}" in tables([run], "genarium table g")
    (record,) = records([run])
    assert record.status == "finished" and record.problems == [sentence]


def test_what_is_sound_stays_as_it_is():
    result = finished("a", "vae")
    result["numbers"]["bare"] = 3.0
    assert sound(result) == (result, [])
    assert sound({}) == ({}, [])


@pytest.mark.parametrize("written", ["NaN", "nan", float("nan")])
def test_a_number_that_is_none_is_shown_as_what_it_is(make_run, written):
    numbers = {
        FD: ENTRY | {"value": written},
        "psnr/val": ENTRY | {"value": "Infinity"},
        "kid": ENTRY | {"value": None},
    }
    shown = table(records([make_run("g/a", result=finished("a", "vae") | {"numbers": numbers})]))
    cells = {column.name: column.cells[0] for column in shown.columns}
    assert math.isnan(cells[FD].value) and cells[FD].text.startswith("nan")
    assert cells["psnr/val"].text.startswith("inf") and "kid" not in cells
