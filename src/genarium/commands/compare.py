"""genarium compare: runs side by side on one self-contained page."""

from genarium.commands.key_values import no_options, parse_key_values
from genarium.errors import UserError
from genarium.reports.compare import compare
from genarium.reports.formatting import size
from genarium.reports.pictures import BUDGET
from genarium.reports.watch import watch

HELP = """genarium compare RUNS… [out=compare.html] [--watch]: one page with a table, curves and pictures; no server, no
network

RUNS are runs' folders, or folders of runs. --watch rewrites the page while they go on, until Ctrl-C.

Examples
  genarium compare runs/default
  genarium compare runs/demo/ae runs/demo/vae out=page.html
  genarium compare runs/default --watch
"""
WATCH = "--watch"


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, words = parse_key_values([word for word in args if word != WATCH], {"out": "compare.html"})
    folders = no_options(words, (WATCH,))
    if not folders:
        raise UserError("say which runs: genarium compare runs/<group> [out=page.html]")
    if WATCH in args:
        watch(folders, values["out"], BUDGET)
    page = compare(folders, values["out"])
    print(f"{page} ({size(page.stat().st_size)})")
