"""genarium table: runs and their numbers, in a terminal or in Markdown for the README of a study."""

import shlex
import sys

from genarium.commands.key_values import no_options, parse_key_values
from genarium.files.atomic import write_atomically
from genarium.files.output_paths import out_file
from genarium.reports.markdown import tables
from genarium.reports.terminal import print_runs
from genarium.runs.run import find_runs

HELP = """genarium table RUNS… [numbers=PATTERNS] [settings=KEYS] [out=table.md] [--protocols]: a table of runs

In a terminal: what fits its width, the best marked, seeds averaged; --protocols tells how everything was measured.
Into a file, a pipe, or of chosen numbers or settings: Markdown with all numbers, and their protocols in full.

Examples
  genarium table runs/default
  genarium table runs/default --protocols
  genarium table runs/flowers/ae runs/flowers/vae out=table.md
  genarium table runs/family numbers='fd/*,kid/*,psnr/val' settings=model.latent_dim
  genarium table runs/conditional numbers='intra_fd/*/*/*'     # by class; other tables show the mean alone
"""
STDOUT, TEXTS, PROTOCOLS = "-", (".md", ".markdown", ".txt"), "--protocols"
DEFAULTS = {"numbers": "*", "settings": "", "out": STDOUT}


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, words = parse_key_values([word for word in args if word != PROTOCOLS], DEFAULTS)
    folders = no_options(words, (PROTOCOLS,))
    out = None if values["out"] == STDOUT else out_file(values["out"], TEXTS)
    if values == DEFAULTS and (sys.stdout.isatty() or PROTOCOLS in args):
        print_runs(find_runs(folders), every_protocol=PROTOCOLS in args)
        return
    settings = [key for key in values["settings"].split(",") if key]
    command = f"genarium table {shlex.join(args)}"
    text = tables(find_runs(folders), command, values["numbers"].split(","), settings)
    if out is None:
        print(text)
        return
    write_atomically(out, text.encode())
    print(out)
