"""The page in a real browser, as a reader uses it."""

import json

import pytest
from made_up_runs import draw, falling, finished, write_run
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from genarium.reports.compare import compare

FD = "fd/efficientnet_lite0/2k_train"
DRAWN = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
"""Waits until what a change of size redraws has its new size: a frame later."""
RUNS = (("ae", 85.25), ("vae", 9.5), ("<script>alert(1)</script>", 33.0))


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """The page of four runs, the last of which failed."""
    folder = tmp_path_factory.mktemp("runs")
    for index, (name, fd) in enumerate(RUNS):
        series = {
            "train/loss": falling(100, 10 + index),
            "val/loss": falling(100, 20),
            "speed/images_per_second": [1.0] * 20,
        }
        run = write_run(folder / f"run{index}", {"lr": index}, finished(name, name, fd=fd), series)
        draw(run, "samples", range(0, 20_001, 2000))
    draw(run, "reals", [0])
    failed = {"status": "failed", "error": "The term rate became NaN.", "name": "broken"}
    draw(write_run(folder / "run3", {"lr": 3}, failed, {"train/loss": [5.0, 4.0, float("nan")]}), "samples", [4000])
    return compare([folder], folder / "page.html")


@pytest.fixture
def opened(browser, page):
    """The page, freshly opened; afterwards the console must be empty and nothing fetched from elsewhere."""
    browser.get_log("browser"), browser.get_log("performance")
    browser.get(page.as_uri())
    WebDriverWait(browser, 30).until(lambda _: find(browser, "#count").text)
    yield browser
    assert browser.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [one["params"]["request"]["url"] for one in sent if one["method"] == "Network.requestWillBeSent"]
    assert [address for address in addresses if not address.startswith(("file:", "data:"))] == []
    assert page.as_uri() in addresses


def find(browser, selector: str):
    return browser.find_element(By.CSS_SELECTOR, selector)


def shown(browser, selector: str) -> list:
    return [one for one in browser.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()]


def labels(browser) -> list[str]:
    return [one.text for one in shown(browser, "#runs tbody th")]


def curves(browser, metric: str) -> int:
    """How many curves of a metric are in view, asked in one step since a resize may draw them anew at any time."""
    script = """const drawn = document.querySelectorAll(`[data-metric="${arguments[0]}"] path.curve`);
    return [...drawn].filter((path) => path.checkVisibility()).length;"""
    return browser.execute_script(script, metric)


def path(browser, metric: str) -> str:
    script = """return document.querySelector(`[data-metric="${arguments[0]}"] path.curve`).getAttribute("d")"""
    return browser.execute_script(script, metric)


def slide(browser, position: int) -> None:
    script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
    browser.execute_script(script, find(browser, "#when"), position)


def test_a_click_on_a_heading_sorts_by_its_numbers_and_another_click_reverses(opened):
    heading = next(one for one in shown(opened, "#runs thead button") if "efficientnet" in one.text)
    heading.click()
    assert labels(opened) == ["vae", "<script>alert(1)</script>", "ae", "broken"]
    heading.click()
    assert labels(opened) == ["ae", "<script>alert(1)</script>", "vae", "broken"]


def test_the_filter_leaves_matching_runs_in_table_curves_and_pictures(opened):
    assert len(labels(opened)) == 4 and curves(opened, "train/loss") == 4
    find(opened, "#filter").send_keys("NAN rate")
    assert labels(opened) == ["broken"]
    assert curves(opened, "train/loss") == 1 and len(shown(opened, "[data-card]")) == 1
    assert find(opened, "#count").text == "1 of 4 runs shown."


def test_a_filter_that_no_run_matches_leaves_no_empty_panel_and_says_so(opened):
    find(opened, "#filter").send_keys("xyzzy")
    assert shown(opened, ".panel") == [] and shown(opened, "#curves details") == []
    assert find(opened, "#no-curves").is_displayed() and find(opened, "#no-pictures").is_displayed()
    find(opened, "#filter").clear()
    find(opened, "#filter").send_keys(" ")
    find(opened, "#metrics").send_keys("val")
    assert [one.get_attribute("data-metric") for one in shown(opened, ".panel")] == ["val/loss"]
    assert not find(opened, "#no-curves").is_displayed()


def test_an_unticked_run_leaves_curves_and_pictures_but_not_the_table(opened):
    find(opened, '#runs input[data-run="r1"]').click()
    assert curves(opened, "train/loss") == 3 and len(shown(opened, "[data-card]")) == 3 and len(labels(opened)) == 4
    assert not find(opened, '#chips input[data-run="r1"]').is_selected()
    find(opened, '#chips input[data-run="r1"]').click()
    assert curves(opened, "train/loss") == 4


def test_the_slider_shows_each_runs_picture_at_or_before_it(opened):
    def source(run: str) -> str:
        return find(opened, f'[data-card="{run}"] img').get_attribute("src")

    def caption(run: str) -> str:
        return find(opened, f'[data-card="{run}"]').text

    last = source("r0")
    assert "at 20,000 images" in caption("r0") and "at 4,000 images" in caption("r3")
    slide(opened, 1)
    assert source("r0") != last and "at 2,000 images" in caption("r0")
    assert "first samples at 4,000 images" in caption("r3") and not find(opened, '[data-card="r3"] img').is_displayed()
    size = opened.execute_script("return document.querySelector('[data-card=\"r0\"] img').naturalWidth")
    assert size == 128
    assert find(opened, '[data-card="r0"] img').value_of_css_property("image-rendering") == "pixelated"


def test_another_kind_of_picture_is_a_click_away(opened):
    find(opened, '[data-kind="reals"]').click()
    assert "this run drew no reals" in find(opened, '[data-card="r0"]').text
    assert find(opened, '[data-card="r2"] img').is_displayed() and not find(opened, "#when").is_enabled()


def test_the_logarithmic_axis_changes_the_curves(opened):
    linear = path(opened, "train/loss")
    find(opened, "#log").click()
    assert path(opened, "train/loss") != linear
    find(opened, "#log").click()
    assert path(opened, "train/loss") == linear


def test_the_pointer_reads_values_off_a_curve(opened):
    script = """const plot = document.querySelector('[data-metric="train/loss"] .plot');
    const box = plot.getBoundingClientRect();
    plot.dispatchEvent(new PointerEvent('pointermove', {clientX: box.right - 14, clientY: box.top + 50}));"""
    opened.execute_script(script)
    text = find(opened, '[data-metric="train/loss"] .hover').text
    assert "20,000 images" in text and "10.779" in text and "not finite at 3,000" in text


def test_a_failed_run_is_marked_with_its_reason(opened):
    assert "broken failed: The term rate became NaN." in find(opened, ".failures").text
    assert "The term rate became NaN." in find(opened, "tr.failed td.status").text
    assert "broken: not finite at 3,000 images" in find(opened, '[data-metric="train/loss"]').text


def test_closed_groups_draw_when_they_open(opened):
    assert curves(opened, "speed/images_per_second") == 0
    find(opened, '[data-group="speed"] summary').click()
    WebDriverWait(opened, 10).until(lambda _: curves(opened, "speed/images_per_second") == 3)


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_wider_than_the_window(opened, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    script = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    try:
        opened.execute_async_script(DRAWN)
        full, visible = opened.execute_script(script)
        assert full <= visible <= width
    finally:
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
