"""genarium embed: a map of a run's codes in the plane."""

import shlex

from genarium.commands.key_values import parse_run
from genarium.files.output_paths import PICTURES, out_file
from genarium.runs.run import Run

HELP = """genarium embed run=RUN [method=tsne] [count=1000] [split=val] [out=map.png] [seed=0] [perplexity=30]
               [checkpoint=last]: a map of a run's codes in the plane, beside those of pixels

Examples
  genarium embed run=runs/default/ae-mnist-seed0
  genarium embed run=runs/default/vae-flowers-seed0 method=pca out=flowers.png
  genarium embed run=runs/default/ae-mnist-seed0 count=4000 split=test perplexity=50

Held-out images are laid out by their codes, by their pixels, and by 32 principal components of their pixels. The
picture shows the three with thumbnails; a page of the same name (map.html) shows each image under the pointer and needs
neither server nor network. Of each map is measured how well its neighbors vote for the class (leave one out), and
whether its neighbors are neighbors as images (trustworthiness).

  method       tsne, or pca: the first two principal components
  split        val or test: a map of training images would say nothing about others
  perplexity   about as many neighbors of each point are kept together by t-SNE
"""
USAGE = "say which run: genarium embed run=runs/<group>/<name>"
DEFAULTS = {
    "method": "tsne", "count": 1000, "split": "val", "out": "map.png", "seed": 0, "perplexity": 30,
    "checkpoint": "last",
}  # fmt: skip
CHOICES = {"method": ("tsne", "pca"), "split": ("val", "test")}


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    values, folder = parse_run(args, DEFAULTS, USAGE, CHOICES)
    run, out = Run.open(folder), out_file(values["out"], list(PICTURES))
    from genarium.commands.embed_run import embed, show, write  # torch takes seconds: every word was understood

    made = embed(run, values)
    show(made)
    for path in write(made, run, out, shlex.join(["genarium", "embed", *args])):
        print(path)
