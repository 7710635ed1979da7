"""genarium table: runs and their numbers in Markdown, for the README of a study."""

import shlex
from pathlib import Path

from genarium.errors import UserError
from genarium.reports.markdown import tables
from genarium.runs import find_runs, write_atomically
from genarium.verbs.words import keyed

HELP = """genarium table RUNS… [numbers=PATTERNS] [settings=KEYS] [out=table.md]: a Markdown table of runs

What they are, their numbers, and the protocols of these in full.

Examples
  genarium table runs/default
  genarium table runs/flowers/ae runs/flowers/vae out=table.md
  genarium table runs/family numbers='fd/*,kid/*,psnr/val' settings=model.latent_dim
  genarium table runs/conditional numbers='frechet_intra/*/*/*'     # by class; other tables show the mean alone
"""


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folders = keyed(args, {"numbers": "*", "settings": "", "out": ""})
    settings = [key for key in values["settings"].split(",") if key]
    text = tables(find_runs(folders), f"genarium table {shlex.join(args)}", values["numbers"].split(","), settings)
    if not values["out"]:
        print(text)
        return
    try:
        write_atomically(Path(values["out"]), text.encode())
    except OSError as error:
        raise UserError(f"cannot write {values['out']}: {error.strerror}; choose another out=…") from None
    print(values["out"])
