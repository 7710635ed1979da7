"""The page of four runs in a real browser, as a reader uses it."""

import pytest
from made_up_runs import draw, falling, finished, write_run
from opened_page import opened

from genarium.reports.compare import compare

FD = "fd/efficientnet_lite0/2k_train"
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
    broken = write_run(folder / "run3", {"lr": 3}, failed, {"train/loss": [5.0, 4.0, float("nan")]})
    draw(broken, "samples", [4000])
    broken.last.parent.mkdir()
    broken.last.touch()
    return compare([folder], folder / "page.html")


@pytest.fixture
def four(browser, page):
    with opened(browser, page) as found:
        yield found


def test_a_click_on_a_heading_sorts_by_its_numbers_and_the_address_remembers(four):
    heading = f'[data-column="{FD}"] button'
    four.press(heading)
    assert four.rows() == ["vae", "<script>alert(1)</script>", "ae", "broken"]
    four.press(heading)
    expected = ["ae", "<script>alert(1)</script>", "vae", "broken"]
    assert four.rows() == expected
    four.open(f"#{four.run('return location.hash').lstrip('#')}")
    assert four.rows() == expected


def test_only_columns_that_differ_stand_in_the_table_and_others_can_be_asked_for(four):
    heads = four.run('return [...document.querySelectorAll("#runs thead th")].map((one) => one.dataset.column)')
    assert {"lr", "model", FD} <= set(heads) and "device" not in heads
    four.press(".menu summary")
    four.type("#find-column", "device")
    four.press("#column-list input")
    assert four.cells("device")[0] == "AMD EPYC, 2 cores"


def test_columns_are_moved_and_hidden_from_the_keyboard(four):
    heads = "return [...document.querySelectorAll('#runs thead th')].map((one) => one.dataset.column)"
    key = """const [name, key] = arguments;
    const heads = [...document.querySelectorAll('#runs thead th')];
    const button = heads.find((one) => one.dataset.column === name).firstChild;
    button.focus();
    button.dispatchEvent(new KeyboardEvent('keydown', {key, altKey: true, bubbles: true}))"""
    before = four.run(heads)
    at = before.index("status")
    four.run(key, "status", "ArrowLeft")
    assert four.run(heads).index("status") == at - 1
    assert four.run("return document.activeElement.parentElement.dataset.column") == "status"
    four.run(key, "status", "Delete")
    assert four.run(heads) == [name for name in before if name != "status"]


@pytest.mark.parametrize("place", ["#chips", "#runs tbody", "#column-list", "#runs thead"])
def test_the_keyboard_stays_on_a_control_that_it_changed(four, place):
    four.run("document.querySelector('.menu').open = true")
    name = "return nameOf(document.activeElement)"
    before = four.run(f"document.querySelector('{place} input, {place} button').focus(); {name}")
    four.browser.switch_to.active_element.send_keys(" ")
    four.settle()
    assert before and four.run(name) == before


def test_the_best_of_a_column_is_marked_and_a_failed_run_is_not_it(four):
    assert four.texts("#runs td.best")[-1] == "9.500"
    assert four.shown("#runs td.near") == []


def test_the_loss_of_several_models_has_no_best_but_that_of_one_model_has(four):
    best = "return document.querySelectorAll('#runs td.series.best').length"
    four.run("setOrder([columnOf.get('train/loss')])")
    assert four.run(best) == 0
    four.run("columnOf.get('model').get = () => 'vae'; changed('table')")
    assert four.run(best) == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ('model == "vae"', ["vae"]),
        ("fd < 40", ["vae", "<script>alert(1)</script>"]),
        ("lr >= 1 and not (fd > 30 or status == 'failed')", ["vae"]),
        ("lr in (0, 3)", ["ae", "broken"]),
        ("fd == null", ["broken"]),
        ('run contains "SCRIPT"', ["<script>alert(1)</script>"]),
        ("NAN rate", ["broken"]),
        (f"`{FD}` < 10", ["vae"]),
        ("training_time > 70", ["ae", "vae", "<script>alert(1)</script>"]),
    ],
)
def test_a_question_leaves_the_runs_that_match_and_stands_in_the_address(four, question, expected):
    assert four.ask(question) == expected and four.find("#wrong").text == ""
    four.open(four.run("return location.hash"))
    assert four.rows() == expected


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("model = 3", "two signs compare: model == …"),
        ("model == vae", 'texts stand in quotes: "vae"'),
        ("nothing_such == 3", "no column is called nothing_such"),
        ("lr > 1 and", "at the end a comparison is missing"),
        ("(lr > 1", "a ( is not closed"),
        ("model < 3", "< compares numbers, and model is none"),
        ("lr > 1 lr", "lr is one too many"),
        ("alert(1) == 1", "no column is called alert"),
        ("lr > ", "a value is missing"),
        ("lr > 1 & fd < 3", "nothing is known to begin with &"),
    ],
)
def test_a_wrong_question_says_what_is_wrong_and_leaves_the_runs(four, question, wrong):
    assert len(four.ask(question)) == 4
    assert wrong in four.find("#wrong").text


def test_the_search_leaves_matching_runs_in_table_curves_and_pictures(four):
    assert len(four.rows()) == 4 and four.panel("train/loss")["curves"] == 4
    assert four.ask("NAN rate") == ["broken"]
    assert four.panel("train/loss")["curves"] == 1 and len(four.shown("[data-card]")) == 1
    assert four.find("#count").text == "1 of 4 runs."


def test_a_search_that_no_run_matches_leaves_no_empty_panel_and_says_so(four):
    four.ask("xyzzy")
    assert four.shown(".panel") == [] and four.shown("#curves details") == []
    assert four.find("#no-curves").is_displayed() and four.find("#no-pictures").is_displayed()
    four.ask("")
    four.type("#metrics", "val")
    assert [one.get_attribute("data-metric") for one in four.shown(".panel")] == ["val/loss"]


def test_an_unticked_run_leaves_curves_and_pictures_but_not_the_table(four):
    four.press("#chips input")
    assert four.panel("train/loss")["curves"] == 3 and len(four.shown("[data-card]")) == 3 and len(four.rows()) == 4
    four.press("#all")
    assert four.panel("train/loss")["curves"] == 4


def test_the_slider_shows_each_runs_picture_at_or_before_it(four):
    def caption(run: str) -> str:
        return four.find(f'[data-card="{run}"]').text

    last = four.find('[data-card="ae"] img').get_attribute("src")
    assert "at 20,000 images" in caption("ae") and "at 4,000 images" in caption("broken")
    four.type("#when", "1")
    assert four.find('[data-card="ae"] img').get_attribute("src") != last and "at 2,000 images" in caption("ae")
    assert "first samples at 4,000 images" in caption("broken")
    assert four.run("return document.querySelector('[data-card=\"ae\"] img').naturalWidth") == 128
    four.press("#before")
    shown = four.run("return document.querySelectorAll('[data-card=\"ae\"] img').length")
    assert shown == 2 and "at 0 images" in caption("ae")


def test_real_images_stand_beside_the_samples_and_a_kind_is_a_click_away(four):
    assert "this run drew no reals" in four.find('[data-card="ae"]').text
    four.press('[data-kind="reals"]')
    assert "this run drew no reals" not in four.find('[data-card="ae"]').text


def test_the_pointer_and_the_arrow_keys_read_values_off_a_curve(four):
    four.look('[data-metric="train/loss"]')
    script = """const plot = document.querySelector('[data-metric="train/loss"] .plot');
    const box = plot.getBoundingClientRect();
    plot.dispatchEvent(new PointerEvent('pointermove', {clientX: box.right - 14, clientY: box.top + 50}));"""
    four.run(script)
    text = four.find('[data-metric="train/loss"] .hover').text
    assert "20,000 images" in text and "10.779" in text and "nan at 3,000 images" in text
    plot = four.find('[data-metric="train/loss"] .plot')
    plot.send_keys("\ue011")  # Home
    assert "1,000 images" in four.find('[data-metric="train/loss"] .hover').text


def test_axes_and_smoothing_change_the_curves_and_come_back(four):
    four.look('[data-metric="train/loss"]')
    picture = "return document.querySelector('[data-metric=\"train/loss\"] canvas').toDataURL()"
    seen = {four.run(picture)}
    for change in ("#log-x", "#log-y"):
        four.click(change)
        seen.add(four.run(picture))
        four.click(change)
    four.type("#smooth", "0.9")
    seen.add(four.run(picture))
    four.type("#smooth", "0")
    four.type("#x", "seconds")
    seen.add(four.run(picture))
    assert "no time is recorded of broken" in four.find('[data-metric="train/loss"] .remark').text
    four.type("#x", "images")
    assert len(seen) == 5 and four.run(picture) in seen


def test_series_stand_in_the_table_at_their_last_their_best_or_a_step(four):
    four.run("setOrder([columnOf.get('train/loss')])")
    assert four.cells("train/loss") == ["10.78", "11.77", "12.76", "4.000"]
    four.type("#at", "best")
    assert four.cells("train/loss")[0] == "10.78"
    four.type("#at", "step")
    four.type("#step", "1000")
    assert four.cells("train/loss") == ["100.0", "100.0", "100.0", "5.000"]


def test_a_failed_run_is_marked_with_its_reason_and_the_command_that_goes_on(four):
    assert "broken failed: The term rate became NaN." in four.find(".failures").text
    status = four.find("tr.failed td.status").text
    assert "The term rate became NaN." in status and "genarium train resume=" in status
    four.look('[data-metric="train/loss"]')
    assert "broken: not finite at 3,000 images" in four.find('[data-metric="train/loss"]').text


def test_two_runs_differ_in_what_they_were_set_to_and_reached(four):
    four.type("#right-run", "2")
    rows = {
        row.split("\n")[0] for row in four.run("return document.querySelector('#difference').innerText").split("\n")
    }
    assert any(row.startswith("lr") for row in rows) and any(row.startswith(FD) for row in rows)
    four.type("#right-run", "0")
    assert "Nothing that is recorded differs." in four.find("#same").text


def test_closed_groups_draw_when_they_open(four):
    assert four.shown('[data-metric="speed/images_per_second"]') == []
    four.press('[data-group="speed"] summary')
    assert four.panel("speed/images_per_second")["curves"] == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_wider_than_the_window_and_words_stand_out_from_the_paper(four, width, scheme):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    four.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    four.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    script = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    try:
        four.settle()
        full, visible = four.run(script)
        assert full <= visible <= width
        assert contrast(*(four.run(f"return color('{name}')") for name in ("ink", "paper"))) >= 7
        assert contrast(*(four.run(f"return color('{name}')") for name in ("bad", "bad-soft"))) >= 4.5
    finally:
        four.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        four.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colors #rrggbb (WCAG 2.2)."""

    def luminance(text: str) -> float:
        parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
