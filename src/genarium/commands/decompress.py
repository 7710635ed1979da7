"""genarium decompress: images out of a file of a model's codes."""

from pathlib import Path

from genarium.commands.key_values import parse_key_values
from genarium.errors import UserError
from genarium.files.output_paths import why_not
from genarium.runs.run import Run

HELP = """genarium decompress run=RUN in=FILE.vq out=FOLDER [checkpoint=last]: the images of a compressed file

Example
  genarium decompress run=runs/default/vq_vae-flowers-seed0 in=photos.vq out=decoded

They become 0001.png, … in the order of the names of what was compressed. The run, and its checkpoint, must be those
that compressed them.
"""
DEFAULTS = {"run": "", "in": "", "out": "", "checkpoint": "last"}


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, rest = parse_key_values(args, DEFAULTS)
    folder = values["run"] or (rest[0] if len(rest) == 1 else "")
    if not folder or not values["in"] or not values["out"]:
        raise UserError("say which run, which file and where to: genarium decompress run=RUN in=images.vq out=FOLDER")
    run, source, out = Run.open(folder), Path(values["in"]).expanduser(), Path(values["out"]).expanduser()
    if not source.is_file():
        raise UserError(f"in={source} is no file: name one that `genarium compress` wrote")
    if why := why_not(out):
        raise UserError(f"out={out} cannot be written ({why}): choose another folder as out=…")
    if (out / "0001.png").exists():
        raise UserError(f"{out / '0001.png'} is there already: choose another folder as out=…, or remove it")
    from genarium.commands.compress_images import decompress_images  # torch takes seconds: every word was understood

    for path in decompress_images(run, source, out, values["checkpoint"]):
        print(path)
