"""The page of a thousand runs, and of two hundred with pictures: made, opened and asked, in headless Chromium."""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from genarium.bench import Row
from genarium.bench.made_runs import write_runs
from genarium.reports.compare import compare

RUNS, POINTS, WITH_PICTURES, KINDS, ROUNDS = 1000, 200, 200, 4, 5
FLAGS = ("headless=new", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking",
         "window-size=1280,900")  # fmt: skip
ASK = """const [act, done] = arguments; const began = performance.now(); let answered = null;
({none: () => regroup("none"), seed: () => regroup("seed"), filter: () => ask("beta > 2 and fd < 60"),
  all: () => ask("")})[act]();
function ask(text) { byId("query").value = text; byId("query").dispatchEvent(new Event("input")); }
const wait = () => { answered ??= performance.now() - began;
  if ([...queue].some((one) => one.seen)) requestAnimationFrame(wait);
  else done([answered, performance.now() - began]); };
requestAnimationFrame(() => setTimeout(wait));"""
"""From a change to the next frame, and to the last of what is in view."""
REFERENCE = """const began = performance.now(); const numbers = new Float64Array(1000);
for (let round = 0; round < 20000; round += 1)
  for (let i = 0; i < 1000; i += 1) numbers[i] = numbers[i] * 0.5 + i * round;
return [performance.now() - began, numbers[7]][0];"""
"""Milliseconds of 20 million steps of a loop: on a machine that other work slows down, it slows down too."""


def rows() -> list[Row]:
    """Every row of the page; three minutes on two cores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*thousand(folder), pictures(folder)]


def thousand(folder: Path) -> list[Row]:
    """Making, size, opening, regrouping and filtering of RUNS runs with 20 series of POINTS points."""
    write_runs(folder / "thousand", RUNS, POINTS)
    began, worked = time.perf_counter(), time.process_time()
    page = compare([folder / "thousand"], folder / "thousand.html")
    made, cpu = time.perf_counter() - began, time.process_time() - worked
    what = f"{RUNS:,} runs x 20 series x {POINTS} points"
    told = [
        Row("page of a thousand runs: made", made, "< 20", "s", f"{what}; {cpu:.1f} s of processor"),
        Row("page of a thousand runs: MB", page.stat().st_size / 1e6, "< 15", "MB", what),
    ]
    return [*told, *opened(page)]


def opened(page: Path) -> list[Row]:
    """Opening, regrouping and filtering, over the table and over the curves; none where there is no Chromium."""
    from selenium import webdriver

    program, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not program or not driver:
        return [Row("page in a browser", float("nan"), "< 3", "s", "not measured: no chromium and chromedriver")]
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as browser:
        return [open_row(browser, page), *ask_rows(browser)]


def open_row(browser, page: Path) -> Row:
    times = []
    for _ in range(ROUNDS):
        browser.get("about:blank")
        began = time.perf_counter()
        browser.get(page.as_uri())
        while browser.execute_script("return document.body.dataset.ready") != "1":
            time.sleep(0.01)
        times.append(time.perf_counter() - began)
    return Row("page of a thousand runs: opens", statistics.median(times), "< 3", "s", f"median of {ROUNDS}")


def ask_rows(browser) -> list[Row]:
    """Answers of the table, with it in view and with the curves in view."""
    found = []
    for place in ("table", "curves"):
        target = "#runs" if place == "table" else "#curves"
        browser.execute_script(f"document.querySelector('{target}').scrollIntoView()")
        for name, acts in {"regroup": ("none", "seed"), "filter": ("filter", "all")}.items():
            times = [
                (*browser.execute_async_script(ASK, act), browser.execute_script(REFERENCE))
                for _ in range(ROUNDS) for act in acts
            ]  # fmt: skip
            answered, drawn, loop = (statistics.median(part) / 1e3 for part in zip(*times, strict=True))
            note = (
                f"median of {len(times)}, slowest {max(times)[0] / 1e3:.2f} s; all in view after {drawn:.2f} s; "
                f"{answered / loop:.1f} and {drawn / loop:.1f} times a loop of 20 million steps ({loop * 1e3:.0f} ms)"
            )
            found.append(Row(f"page of a thousand runs: {name}, {place} in view", answered, "< 0.2", "s", note))
    return found


def pictures(folder: Path) -> Row:
    """Size of the page of WITH_PICTURES runs with KINDS kinds of pictures of 512 pixels."""
    write_runs(folder / "pictures", WITH_PICTURES, 20, KINDS)
    began = time.perf_counter()
    page = compare([folder / "pictures"], folder / "pictures.html")
    note = (
        f"{KINDS} kinds of 512 pixels, made in {time.perf_counter() - began:.0f} s; every step in the folder beside it"
    )
    return Row("page of 200 runs with pictures: MB", page.stat().st_size / 1e6, "< 40", "MB", note)
