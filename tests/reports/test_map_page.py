"""The page of maps in a real browser: it draws, shows the image under the pointer, and hides classes."""

import numpy as np
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from genarium.reports.map_page import map_page, spread, sprites


def test_points_fill_the_square_at_one_scale():
    points = np.array([[0.0, 0.0], [4.0, 2.0]])
    assert spread(points) == [[-1.0, -0.5], [1.0, 0.5]]


def test_every_image_has_its_place_in_one_picture():
    address, columns, side = sprites(np.zeros((5, 80, 80, 3), np.uint8))
    assert address.startswith("data:image/webp;base64,") and (columns, side) == (3, 64)


def hover(browser, canvas) -> None:
    """Move the pointer over the third point, which is the highest, wherever the window ends."""
    x, y = canvas.rect["x"] + canvas.rect["width"] / 2, canvas.rect["y"] + 0.03 * canvas.rect["height"]
    actions = ActionBuilder(browser)
    actions.pointer_action.move_to_location(int(x), int(y) + 40).move_to_location(int(x), int(y))
    actions.perform()


def test_the_page_shows_the_image_under_the_pointer_and_hides_classes(browser, tmp_path):
    images = np.full((3, 8, 8, 3), 255, np.uint8)
    points = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 2.0]])
    page = map_page("<Maps>", {"codes": points}, {"codes": "5-NN 0.9"}, images, [0, 0, 1], ["a", "b"],
                    ["#ff0000", "#0000ff"], "genarium embed x")  # fmt: skip
    path = tmp_path / "map.html"
    path.write_text(page, encoding="utf-8")
    browser.get(path.as_uri())
    WebDriverWait(browser, 20).until(lambda b: b.execute_script("return document.body.dataset.ready") == "1")
    canvas, label = browser.find_element(By.ID, "map"), browser.find_element(By.ID, "label")
    hover(browser, canvas)
    WebDriverWait(browser, 20).until(lambda b: label.text == "b" and b.find_element(By.ID, "tip").is_displayed())
    browser.find_elements(By.CSS_SELECTOR, "#legend button")[1].click()
    hover(browser, canvas)
    WebDriverWait(browser, 20).until(lambda b: not b.find_element(By.ID, "tip").is_displayed())
    assert browser.find_element(By.ID, "quality").text == "5-NN 0.9"
