"""Density of codes of a run's images: a table, a sheet of the rarest, and a line for each group."""

import csv
import io
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from torch import Tensor

from genarium.commands.run_images import NamedImages, data_of, of_split
from genarium.config import compose
from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.metrics.group_density import Group, groups
from genarium.plots.grid import grid, save, sheet
from genarium.protocols import Encodes, Reconstructs
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.uses.anomaly import reconstruction_error, scored
from genarium.uses.bias import codes_of, log_density

COLUMNS, PRINTED = 8, 20
"""Of the sheet of the rarest images; classes that are printed."""


def bias_images(run: Run, split: str, out: Path, count: int, checkpoint: str) -> Iterator[str]:
    """Writes out/densities.csv and out/rarest.png, and yields what is to be told."""
    model = restore(run, checkpoint)
    if not isinstance(model, Encodes):
        name = compose.load(run.config).choices.model
        raise UserError(f"{name} encodes no images: name a run of an autoencoder or a VAE")
    data = data_of(run)
    train, images = of_split(data, "train"), of_split(data, split)
    print(f"encoding {len(train.names) + len(images.names):,} images", file=sys.stderr)
    with model.evaluating(seed=0):
        density = log_density(codes_of(model, images.images), reference=codes_of(model, train.images))
        error = scored(reconstruction_error(model), images.images) if isinstance(model, Reconstructs) else None
    order = density.argsort(stable=True)
    write_atomically(out / "densities.csv", table(images, density, order).encode())
    shown = {"the rarest": order[:count], "the commonest": order.flip(0)[:count]}
    save(sheet({name: grid(images.images[rows], COLUMNS) for name, rows in shown.items()}, 2), out / "rarest.png")
    if len(images.labels.unique()) > 1:
        found = groups(log_density=density, labels=images.labels, error=error)
        write_atomically(out / "groups.csv", group_table(found, images.classes).encode())
        yield from told(found, images.classes)
        yield str(out / "groups.csv")
    else:
        yield "no groups: all images are of one class"
    yield f"{out / 'densities.csv'}\n{out / 'rarest.png'}"


def told(found: Sequence[Group], classes: Sequence[str]) -> Iterator[str]:
    """A line for each class, that with the rarest codes first, as far as they fit a screen."""
    yield f"{'class':<24}{'images':>8}{'share':>8}{'of rarest':>11}{'log density':>13}{'error':>10}"
    for group in found[:PRINTED]:
        wrong = f"{'':>10}" if math.isnan(group.error) else f"{group.error:10.4g}"
        shares = f"{group.share:8.1%}{group.share_of_rarest:11.1%}"
        yield f"{classes[group.label][:23]:<24}{group.images:8,}{shares}{group.log_density:13.2f}{wrong}"
    if more := len(found[PRINTED:]):
        yield f"… and {more} classes with commoner codes"


def group_table(found: Sequence[Group], classes: Sequence[str]) -> str:
    """groups.csv, the class with the rarest codes first."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["class", *Group._fields[1:]])
    for group in found:
        writer.writerow([classes[group.label], *(f"{value:.6g}" for value in group[1:])])
    return text.getvalue()


def table(images: NamedImages, density: Tensor, order: Tensor) -> str:
    """densities.csv, the rarest image first: its name, its log density, its class where there is one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["image", "log_density", *(["class"] if images.classes else [])])
    for row in order.tolist():
        label = [images.classes[images.labels[row]]] if images.classes else []
        writer.writerow([images.names[row], f"{density[row]:.6g}", *label])
    return text.getvalue()
