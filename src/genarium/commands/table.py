"""genarium table: runs and their numbers in Markdown, for the README of a study."""

import shlex

from genarium.commands.key_values import parse_key_values
from genarium.files.atomic import write_atomically
from genarium.files.output_paths import out_file
from genarium.reports.markdown import tables
from genarium.runs.run import find_runs

HELP = """genarium table RUNS… [numbers=PATTERNS] [settings=KEYS] [out=table.md]: a Markdown table of runs

What they are, their numbers, and the protocols of these in full.

Examples
  genarium table runs/default
  genarium table runs/flowers/ae runs/flowers/vae out=table.md
  genarium table runs/family numbers='fd/*,kid/*,psnr/val' settings=model.latent_dim
  genarium table runs/conditional numbers='intra_fd/*/*/*'     # by class; other tables show the mean alone
"""
STDOUT, TEXTS = "-", (".md", ".markdown", ".txt")


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folders = parse_key_values(args, {"numbers": "*", "settings": "", "out": STDOUT})
    out = None if values["out"] == STDOUT else out_file(values["out"], TEXTS)
    settings = [key for key in values["settings"].split(",") if key]
    command = f"genarium table {shlex.join(args)}"
    text = tables(find_runs(folders), command, values["numbers"].split(","), settings)
    if out is None:
        print(text)
        return
    write_atomically(out, text.encode())
    print(out)
