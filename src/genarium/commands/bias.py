"""genarium bias: which images have rare codes."""

from genarium.commands.key_values import parse_run
from genarium.files.output_paths import new_folder
from genarium.runs.run import Run

HELP = """genarium bias run=RUN [split=train] [out=bias] [count=32]: which images have rare codes, and which groups

Examples
  genarium train model=vae data=folder data.path=faces
  genarium bias run=runs/default/vae-folder-seed0                      # of the images that trained
  genarium bias run=runs/default/vae-folder-seed0 split=test out=fresh
  genarium train model=db_vae data=folder data.path=faces              # draws images with rare codes more often

The density of an image's code is the product of its latents' histograms over the training codes, as in DB-VAE; a group
with rare codes is one that the set holds too few of. out holds densities.csv, the rarest image first, and rarest.png:
the rarest images beside the commonest. Where images have classes, groups.csv has a line for each, and those with the
rarest codes are printed: their share of all images and of the rarest tenth, their mean log density, and their squared
error where the model reconstructs.
"""
USAGE = "say which run: genarium bias run=RUN"
DEFAULTS = {"split": "train", "out": "bias", "count": 32, "checkpoint": "last"}
SPLITS = ("train", "val", "test")


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE, {"split": SPLITS})
    run, out = Run.open(folder), new_folder(values["out"], "densities.csv")
    from genarium.commands.bias_images import bias_images  # torch takes seconds: every word was understood

    for line in bias_images(run, values["split"], out, values["count"], values["checkpoint"]):
        print(line)
