"""genarium decompress: images out of a file of a model's codes."""

from pathlib import Path

from genarium.commands.key_values import parse_run
from genarium.errors import UserError
from genarium.files.output_paths import new_folder
from genarium.runs.run import Run

HELP = """genarium decompress run=RUN in=FILE out=FOLDER [checkpoint=last]: the images of a compressed file

Examples
  genarium decompress run=runs/default/vq_vae-flowers-seed0 in=photos.vq out=decoded
  genarium decompress run=runs/default/lossless in=photos.bb out=decoded

They become 0001.png, … in the order of the names of what was compressed. The run, and its checkpoint, must be those
that compressed them.
"""
USAGE = "say which run, which file and where to: genarium decompress run=RUN in=images.vq out=FOLDER"
DEFAULTS = {"in": "", "out": "", "checkpoint": "last"}


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE)
    if not values["in"] or not values["out"]:
        raise UserError(USAGE)
    run, source, out = Run.open(folder), Path(values["in"]).expanduser(), new_folder(values["out"], "0001.png")
    if not source.is_file():
        raise UserError(f"in={source} is no file: name one that `genarium compress` wrote")
    from genarium.commands.compress_images import decompress_images  # torch takes seconds: every word was understood

    for path in decompress_images(run, source, out, values["checkpoint"]):
        print(path)
