"""genarium edit: images with more or less of an attribute, or as another class."""

from genarium.commands.key_values import parse_run
from genarium.data.sources.user_folder import images_in
from genarium.errors import UserError
from genarium.files.output_paths import PICTURES, out_file
from genarium.runs.run import Run

HELP = """genarium edit run=RUN attribute=NAME [in=FOLDER] [out=edit.png]: change an attribute of images by their codes

Examples
  genarium edit run=runs/default/vae-garden-seed0 attribute=petal_length            # a factor that the data know
  genarium edit run=runs/default/vae-flowers-seed0 attribute=rose in=my_pictures    # a class against all others
  genarium edit run=RUN attribute=hue keep=background,x direction=means
  genarium edit run=runs/default/dcgan-garden-seed0 attribute=hue optimizer=lbfgs distance=features
  genarium edit run=RUN class=rose                  # a conditional run (age_cgan, cgan, cvae, …): shown as a rose
  genarium edit run=RUN class=all                   # … as every class

A row for each image: as it is, decoded from its code, and edited. Codes are the encoder's; of a GAN without one, those
that inversion finds.

  attribute  a factor or class of the run's data. Its direction is found from labeled training images; columns are
             moves to -range … range standard deviations from its boundary
  keep       attributes that the direction is made orthogonal to, name,name
  direction  classifier: the normal of a logistic regression; means: the difference of mean codes
  class      a class of the run's data, or all. The code is first optimized until it gives the image under its own class
  optimizer  adam or lbfgs: codes are optimized until their images are nearest; auto: of attribute=… only where there is
             no encoder, and then by adam
  distance   … nearest by pixels, or by features of EfficientNet-Lite0, which are slow
  starts     codes that are tried where there is no encoder to begin with
  in         a folder of images, or one; without it, held-out images of the run's data
  fit        training images whose codes give the direction, half of them with the attribute; by inversion, each from
             one start and by pixels
"""
USAGE = "say which run, and what to edit: genarium edit run=RUN attribute=NAME, or class=NAME"
DEFAULTS = {
    "attribute": "", "class": "", "in": "", "out": "edit.png", "keep": "", "direction": "classifier",
    "optimizer": "auto", "distance": "pixels", "starts": 4, "count": 8, "steps": 7, "range": 3, "fit": 1_000,
    "seed": 0, "checkpoint": "last",
}  # fmt: skip
CHOICES = {
    "direction": ("classifier", "means"), "optimizer": ("auto", "adam", "lbfgs"), "distance": ("pixels", "features"),
}  # fmt: skip


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE, CHOICES)
    if bool(values["attribute"]) == bool(values["class"]):
        raise UserError(USAGE)
    if values["class"] and values["in"]:
        raise UserError("class=… starts from the class that an image has, and of in=… none is known: leave out in=…")
    run, out = Run.open(folder), out_file(values["out"], list(PICTURES))
    if values["in"]:
        values["in"] = images_in(values["in"])
    from genarium.commands.edit_images import edited  # torch takes seconds: every word was understood
    from genarium.plots.grid import grid, save, sheet

    columns = {name: grid(images, columns=1) for name, images in edited(run, values).items()}
    save(sheet(columns, len(columns)), out)
    print(out)
