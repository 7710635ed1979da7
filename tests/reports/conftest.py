"""A real browser, and runs that were never trained."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up_runs import write_run
from selenium import webdriver

from genarium.runs.run import Run

FLAGS = [
    "headless=new",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "window-size=1280,900",
]
MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Writes a run below the test's folder: make_run("group/name", config=…, result=…, series=…)."""
    return lambda place, *parts, **named: write_run(tmp_path / place, *parts, **named)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Headless Chromium that keeps a log of its console and of every request; skips where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("no chromium and chromedriver to open the page in: install both to run this test")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in [*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as opened:
        opened.set_page_load_timeout(60)
        opened.get("about:blank")  # away from the browser's own first page
        yield opened
