"""genarium demo: what Genarium does, in a few minutes and without any download."""

import sys
import time
from itertools import count
from pathlib import Path

from genarium.compose import composed
from genarium.errors import UserError
from genarium.reports.compare import compare
from genarium.reports.terminal import print_runs
from genarium.runs import Run
from genarium.verbs import train
from genarium.verbs.measuring import evaluate
from genarium.verbs.words import keyed

HELP = """genarium demo [images=60_000] [samples=1_000]: an AE, a VAE and a DCGAN on the embedded garden, compared

Example
  genarium demo
"""
MODELS = ("ae", "vae", "gan_dcgan")


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, rest = keyed(args, {"images": 60_000, "samples": 1_000})
    if rest:
        raise UserError(f"demo takes no word '{rest[0]}': genarium demo [images=…] [samples=…]")
    began, group = time.monotonic(), free_group(Path("runs"))
    words = [f"model={','.join(MODELS)}", "data=garden", f"images={values['images']}", f"group={group}"]
    train.main(["-m", *words, "name=${choices.model}"])
    folder = Path("runs") / group
    # no modes: the classifier that tells them would have to be trained first
    parts = "evaluation.parts=[samples,reconstructions,codes]"
    protocol = ["evaluation=offline", parts, f"evaluation.count={values['samples']}"]
    for model in MODELS:
        evaluate(Run(folder / model), composed([f"run={folder / model}", *protocol], "evaluate"))
    print_runs([Run(folder / model) for model in MODELS])
    page = compare([folder], folder / "compare.html")
    print(f"page:     {page}")
    for model in MODELS:
        print(f"pictures: {folder / model / 'pictures'}")
    print(f"that took {time.monotonic() - began:.0f} s", file=sys.stderr)


def free_group(runs: Path) -> str:
    """`demo`, or the first of demo-2, demo-3, … that no earlier demo has taken."""
    names = ("demo" if number == 1 else f"demo-{number}" for number in count(1))
    return next(name for name in names if not (runs / name).exists())
