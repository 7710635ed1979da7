"""genarium sample: images from a trained run."""

from pathlib import Path

import torch

from genarium import compose
from genarium.callbacks.points import draw
from genarium.errors import UserError
from genarium.grid import save_grid
from genarium.prepare import built
from genarium.protocols import Samples
from genarium.restore import restore
from genarium.runs import Run
from genarium.verbs.words import keyed

HELP = """genarium sample run=RUN [count=64] [out=grid.png] [seed=0] [checkpoint=last|best]: draw images from a run

Examples
  genarium sample run=runs/default/vae-garden-seed0
  genarium sample run=runs/demo/gan count=100 out=grid.png seed=7
  genarium sample run=runs/toys/gan count=1000              # of a mixture of points: drawn beside real ones
"""
DEFAULTS = {"run": "", "count": 64, "out": "samples.png", "seed": 0, "checkpoint": "last"}
CHUNK = 256


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, rest = keyed(args, DEFAULTS)
    folder = values["run"] or (rest[0] if len(rest) == 1 else "")
    if not folder:
        raise UserError("say which run: genarium sample run=runs/<group>/<name>")
    if values["count"] < 1:
        raise UserError(f"count={values['count']}: must be 1 or more")
    run = Run.open(folder)
    model = restore(run, values["checkpoint"])
    if not isinstance(model, Samples):
        choice = compose.load(run.config).choices.model
        raise UserError(f"{choice} does not sample: it has no prior; its reconstructions are in {folder}/pictures")
    out, count = Path(values["out"]), values["count"]
    generator = torch.Generator().manual_seed(values["seed"])
    with model.evaluating(values["seed"]):
        parts = [model.sample(min(CHUNK, count - start), generator) for start in range(0, count, CHUNK)]
    images = torch.cat(parts)
    try:
        if images.shape[1:] == (2, 1, 1):  # points of a plane
            data = built(compose.load(run.config).data.module, "data.module")
            draw(model, data.examples(count, "val").images.flatten(1), images.flatten(1)).savefig(out)
        else:
            save_grid(images, out, columns=max(1, round(count**0.5)))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}; choose another out=…") from None
    print(out)
