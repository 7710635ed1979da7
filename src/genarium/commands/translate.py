"""genarium translate: what a trained run makes of any images."""

import sys
from collections import Counter
from pathlib import Path

from genarium.commands.key_values import parse_run
from genarium.data.sources.listing import printable
from genarium.data.sources.user_folder import at_home, images_in
from genarium.errors import UserError
from genarium.files.output_paths import why_not
from genarium.runs.run import Run

HELP = """genarium translate run=RUN in=FOLDER out=FOLDER [size=whole] [way=there] [checkpoint=last]: translate images

Examples
  genarium translate run=runs/default/pix2pix in=drawings out=photos
  genarium translate run=runs/default/sr in=small out=large                  # of any size; twice or four times as large
  genarium translate run=runs/default/inpaint in=damaged out=mended          # transparent pixels are the holes
  genarium translate run=runs/default/color in=gray out=colored size=tiles
  genarium translate run=runs/default/cyclegan in=photos out=paintings way=back

Every image below the folder, or one file, becomes a PNG of the same name.

  size   whole: as it is, its border repeated up to a multiple of 32 px (64 for a run at 256 px), and cut off again
         tiles: in overlapping squares of the size that the run was trained at
         resize: made a square of that size
  way    there, or back: of a CycleGAN, by its other generator
"""
USAGE = "say which run, and from where to where: genarium translate run=RUN in=FOLDER out=FOLDER"
DEFAULTS = {"in": "", "out": "", "size": "whole", "way": "there", "checkpoint": "last"}
CHOICES = {"size": ("whole", "tiles", "resize"), "way": ("there", "back")}


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE, CHOICES)
    if not values["in"] or not values["out"]:
        raise UserError(USAGE)
    run, jobs = Run.open(folder), listed(values["in"], at_home(values["out"]))
    from genarium.commands.translate_images import translate_images  # torch takes seconds: every word was understood

    for path in translate_images(run, jobs, values["size"], values["way"], values["checkpoint"]):
        print(path)


def listed(source: str, out: Path) -> list[tuple[Path, Path]]:
    """(image, PNG to be written) of every image of a folder, or of one file; UserError where there is none, or where
    something would be overwritten."""
    _, root, names = images_in(source)
    if why := why_not(out):
        raise UserError(f"out={printable(out)} cannot be written ({why}): choose another folder as out=…")
    jobs = [(root / name, (out / name).with_suffix(".png")) for name in names]
    made = Counter(path for _, path in jobs)
    if twice := next((path for path, count in made.items() if count > 1), None):
        raise UserError(f"two images would become {printable(twice)}: give them different names")
    if there := next((path for path in made if path.exists()), None):
        raise UserError(f"{printable(there)} is there already: choose another folder as out=…, or remove it")
    print(f"translating {len(jobs):,} images", file=sys.stderr)
    return jobs
