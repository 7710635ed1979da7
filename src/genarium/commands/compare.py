"""genarium compare: runs side by side on one self-contained page."""

from genarium.commands.key_values import parse_key_values
from genarium.errors import UserError
from genarium.reports.compare import compare
from genarium.reports.formatting import size

HELP = """genarium compare RUNS… [out=compare.html]: one page with a table, curves and pictures; no server, no network

RUNS are runs' folders, or folders of runs.

Examples
  genarium compare runs/default
  genarium compare runs/demo/ae runs/demo/vae out=page.html
"""


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folders = parse_key_values(args, {"out": "compare.html"})
    if not folders:
        raise UserError("say which runs: genarium compare runs/<group> [out=page.html]")
    page = compare(folders, values["out"])
    print(f"{page} ({size(page.stat().st_size)})")
