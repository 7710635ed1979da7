"""genarium sample: images from a trained run."""

from pathlib import Path

import torch

from genarium import compose
from genarium.errors import UserError
from genarium.grid import save_grid
from genarium.protocols import Samples
from genarium.restore import restore
from genarium.runs import Run
from genarium.verbs.words import keyed

HELP = """genarium sample run=RUN [count=64] [out=grid.png] [seed=0] [checkpoint=last|best]: draw images from a run

Examples
  genarium sample run=runs/default/vae-garden-seed0
  genarium sample run=runs/demo/gan count=100 out=grid.png seed=7
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
    write(torch.cat(parts), out)
    print(out)


def write(images: torch.Tensor, out: Path) -> None:
    try:
        save_grid(images, out, columns=max(1, round(len(images) ** 0.5)))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}; choose another out=…") from None
