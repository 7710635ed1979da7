"""genarium compress: images into a file of a model's codes."""

from genarium.commands.key_values import parse_run
from genarium.data.sources.user_folder import images_in
from genarium.errors import UserError
from genarium.files.output_paths import out_file
from genarium.runs.run import Run

HELP = """genarium compress run=RUN in=FOLDER out=FILE [checkpoint=last]: compress images by a run's model

Examples
  genarium train model=vq_vae data=flowers data.resolution=32
  genarium compress run=runs/default/vq_vae-flowers-seed0 in=photos out=photos.vq
  genarium decompress run=runs/default/vq_vae-flowers-seed0 in=photos.vq out=decoded
  genarium train model=vae model/likelihood=discretized_logistic data=flowers data.resolution=32 name=lossless
  genarium compress run=runs/default/lossless in=photos out=photos.bb

Each image, below the folder or one file, becomes a square as those that trained. Of a VQ-VAE its map of codes is
written by a range coder under the prior that the run learned (.vq). Of a VAE whose likelihood is of pixel levels the
image is written without loss, with bits back (.bb): in the negative ELBO's bits, which stand beside the file's. A file
needs its run to be read. Other codecs are of a contact sheet of the same images: PNG and WebP without loss, or JPEG and
WebP at the lowest quality that is at least as good.
"""
USAGE = "say which run, which images and which file: genarium compress run=RUN in=FOLDER out=images.vq"
DEFAULTS = {"in": "", "out": "", "checkpoint": "last"}
ENDINGS = [".vq", ".bb"]


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE)
    if not values["in"] or not values["out"]:
        raise UserError(USAGE)
    run, out = Run.open(folder), out_file(values["out"], ENDINGS)
    if out.exists():
        raise UserError(f"{out} is there already: choose another file as out=…, or remove it")
    images = images_in(values["in"])
    from genarium.commands.compress_images import compress_images  # torch takes seconds: every word was understood

    for line in compress_images(run, images, out, values["checkpoint"]):
        print(line)
