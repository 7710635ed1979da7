"""A self-contained page: nothing is loaded from anywhere, only its own program runs, and no server is needed."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version
from importlib.resources import files
from string import Template


def document(
    body: str, *, title: str, command: str, program: Sequence[str], style: Sequence[str], images: str = "data:",
    **parts: str,
) -> str:  # fmt: skip
    """The page's text. `body` names the asset whose $words `parts` fill, beside those that every page has; `program`
    and `style` name its .js and .css; `command` is what makes the page again, `images` where it may take pictures."""
    whole = joined(program, "js")
    shared = {
        "title": escape(title),
        "made": f"{datetime.now():%Y-%m-%d %H:%M}",
        "version": escape(version("genarium")),
        "command": escape(command),
    }
    frame = {
        "style": joined(style, "css"),
        # only this program may run and nothing may be fetched, whatever a run's name tries
        "digest": base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode(),
        "images": images,
        "program": whole,
        "body": Template(asset(body)).substitute(shared | parts),
    }
    return Template(asset("document.html")).substitute(shared | frame)


def joined(names: Sequence[str], ending: str) -> str:
    return "\n".join(asset(f"{name}.{ending}") for name in names)


def asset(name: str) -> str:
    return (files("genarium.reports") / "assets" / name).read_text("utf-8")
