"""genarium sample: images from a trained run."""

import io
import os
import sys
from collections.abc import Mapping
from typing import Any

from PIL import Image

from genarium.commands.key_values import parse_run
from genarium.config import compose
from genarium.errors import UserError
from genarium.files.output_paths import PICTURES, out_file
from genarium.runs.run import Run, find_runs

HELP = """genarium sample run=RUN [count=64] [out=grid.png] [seed=0] [checkpoint=last|best]: draw images from a run

Examples
  genarium sample run=runs/default/vae-garden-seed0
  genarium sample run=runs/demo/gan count=100 out=grid.png seed=7
  genarium sample run=runs/demo count=16 out=all.png        # every run in the folder, side by side
  genarium sample run=runs/toys/gan count=1000              # of a mixture of points: drawn beside real ones
"""
USAGE = "say which run: genarium sample run=runs/<group>/<name>"
DEFAULTS = {"count": 64, "out": "samples.png", "seed": 0, "checkpoint": "last"}
COLUMNS = 4
"""Of a sheet of several runs."""


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE)
    runs, out, made = find_runs([folder]), out_file(values["out"], list(PICTURES)), {}
    for run in runs:
        try:
            made[os.path.relpath(run.folder, folder)] = picture(run, values)
        except UserError as error:
            if len(runs) == 1:
                raise
            print(f"genarium: left out: {error}", file=sys.stderr)
    if not made:
        raise UserError(f"no run in {folder} samples")
    from genarium.plots.grid import save, sheet

    save(sheet(made, min(COLUMNS, len(made))) if len(runs) > 1 else next(iter(made.values())), out)
    print(out)


def picture(run: Run, values: Mapping[str, Any]) -> Image.Image:
    """Picture of a run's samples from `seed`, with averaged weights: a grid of images, or points in their plane."""
    from genarium.api import sampling  # torch takes seconds: not before every word was understood
    from genarium.evaluation.drawn import drawn
    from genarium.plots.grid import grid
    from genarium.plots.toy_2d import toy_2d_portrait
    from genarium.training.build import built

    model, count = sampling(run, values["checkpoint"]), values["count"]
    images = drawn(model, count, values["seed"])
    if images.shape[1:] != (2, 1, 1):
        return grid(images, columns=max(1, round(count**0.5)))
    data, buffer = built(compose.load(run.config).data.module, "data.module"), io.BytesIO()
    toy_2d_portrait(model, data.examples(count, "val").images.flatten(1), images.flatten(1)).savefig(buffer)
    return Image.open(buffer)
