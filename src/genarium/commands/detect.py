"""genarium detect: anomaly detection by a trained run."""

from genarium.commands.key_values import parse_run
from genarium.data.sources.user_folder import images_in
from genarium.errors import UserError
from genarium.files.output_paths import new_folder
from genarium.runs.run import Run

HELP = """genarium detect run=RUN [in=FOLDER] [score=auto] [alarm_rate=0.05] [out=anomalies]: find anomalous images

Examples
  genarium train model=ae data=mnist 'data.only=[3]'                      # of normal images, then:
  genarium detect run=runs/default/ae-mnist-seed0                         # threes against all digits of the test split
  genarium detect run=runs/default/ae-folder-seed0 in=new_pictures        # any images, by the recipe of the run's data
  genarium detect run=runs/default/vae-mnist-seed0 score=negative_elbo alarm_rate=0.01

The threshold is set by images that validated the run and were not fitted: so large a share of further normal images
as alarm_rate exceeds it. out holds scores.csv, the worst image first, and worst.png: an image, its reconstruction, and
the squared error of each pixel. Where the run's labels say which test images are normal (data.only), AUROC and average
precision follow.

  score          auto: the first of these that the model gives
{scores}
  count          images in worst.png
  seed           of the codes that negative_elbo draws
"""
SCORES = {
    "error": "squared error of the reconstruction, summed over pixels",
    "negative_elbo": "upper bound of -log p(x) in nats (VAEs)",
    "features": "squared distance of its features to its reconstruction's, by EfficientNet-Lite0; slow",
    "discriminator": "how little the discriminator takes it for real (GANs)",
}
USAGE = "say which run, and which images: genarium detect run=RUN in=FOLDER"
DEFAULTS = {
    "in": "", "score": "auto", "alarm_rate": "0.05", "out": "anomalies", "count": 16, "seed": 0,
    "checkpoint": "last",
}  # fmt: skip


def help_text() -> str:
    return HELP.format(scores="\n".join(f"    {name:<13}{what}" for name, what in SCORES.items()))


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE, {"score": ("auto", *SCORES)})
    rate, run, out = share(values["alarm_rate"]), Run.open(folder), new_folder(values["out"], "scores.csv")
    images = images_in(values["in"]) if values["in"] else None
    from genarium.commands.detect_images import detect_images  # torch takes seconds: every word was understood

    for line in detect_images(
        run, images, values["score"], rate, out, values["count"], values["seed"], values["checkpoint"]
    ):
        print(line)


def share(text: str) -> float:
    """The rate that alarm_rate=`text` names; UserError where it is none."""
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1:
        raise UserError(f"alarm_rate={text}: must be a share between 0 and 1, such as 0.05")
    return rate
