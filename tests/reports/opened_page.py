"""A page in a real browser, and what a reader does with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

SETTLED = """const done = arguments[0];
const wait = () => (queue.size ? requestAnimationFrame(wait) : requestAnimationFrame(() => done()));
requestAnimationFrame(() => requestAnimationFrame(wait));"""
"""Waits until what is in view is drawn."""


class OpenedPage:
    """The browser with one page in it."""

    def __init__(self, browser, address: str):
        self.browser, self.address = browser, address

    def open(self, fragment: str = "") -> None:
        self.browser.get("about:blank")
        self.browser.get(f"{self.address}{fragment}")
        WebDriverWait(self.browser, 30).until(lambda _: self.run("return document.body.dataset.ready") == "1")
        self.settle()

    def run(self, script: str, *args):
        return self.browser.execute_script(script, *args)

    def settle(self) -> None:
        self.browser.execute_async_script(SETTLED)

    def find(self, selector: str):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def shown(self, selector: str) -> list:
        return [one for one in self.browser.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()]

    def texts(self, selector: str) -> list[str]:
        return [one.text for one in self.shown(selector)]

    def rows(self) -> list[str]:
        return self.texts("#runs tbody th")

    def cells(self, column: str) -> list[str]:
        """Texts of a column, from the top."""
        script = """const heads = [...document.querySelectorAll("#runs thead th")];
        const at = heads.findIndex((one) => one.dataset.column === arguments[0]);
        return [...document.querySelectorAll("#runs tbody tr")].map((row) => row.cells[at].innerText);"""
        return self.run(script, column)

    def type(self, selector: str, text: str) -> None:
        """`text` in place of what stands in a field."""
        script = "const [box, text] = arguments; box.value = text; box.dispatchEvent(new Event('input'))"
        self.run(script, self.find(selector), text)
        self.settle()

    def press(self, selector: str) -> None:
        """A click of the mouse, and what it changes is drawn."""
        self.find(selector).click()
        self.settle()

    def click(self, selector: str) -> None:
        """A click, whatever the bar at the top covers."""
        self.run("arguments[0].click()", self.find(selector))
        self.settle()

    def ask(self, question: str) -> list[str]:
        """Labels of the rows that match."""
        self.type("#query", question)
        return self.rows()

    def look(self, selector: str) -> None:
        """Scroll to an element, so that it is drawn."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", self.find(selector))
        self.settle()
        self.settle()

    def panel(self, metric: str) -> dict[str, int]:
        """Named curves and bands that the chart of a metric shows."""
        self.look(f'[data-metric="{metric}"]')
        found = self.find(f'[data-metric="{metric}"]')
        return {key: int(found.get_attribute(f"data-{key}")) for key in ("curves", "bands")}


@contextmanager
def opened(browser, page: Path) -> Iterator[OpenedPage]:
    """The page, freshly opened; afterwards the console must be empty and nothing fetched from elsewhere."""
    browser.get_log("browser"), browser.get_log("performance")
    found = OpenedPage(browser, page.as_uri())
    found.open()
    yield found
    assert browser.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [one["params"]["request"]["url"] for one in sent if one["method"] == "Network.requestWillBeSent"]
    known = ("file:", "data:", "blob:", "about:")
    assert [address for address in addresses if not address.startswith(known)] == []
    assert any(address.startswith(page.as_uri()) for address in addresses)
