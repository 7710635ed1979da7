"""Maps of a run's held-out images: by its codes, by their pixels, and by principal components of these."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from torch import Tensor

from genarium.config import compose
from genarium.data.content import check_content
from genarium.errors import UserError
from genarium.evaluation.contracts import ImageData
from genarium.evaluation.maps import codes_of, judged, labels_of, pixels_of
from genarium.evaluation.reconstructions import evenly_spaced
from genarium.files.atomic import write_atomically
from genarium.pixels import are_signals, to_bytes
from genarium.plots.codes_map import class_colors, codes_map, with_legend
from genarium.plots.curves import curves
from genarium.plots.grid import save, sheet
from genarium.protocols import DataModule, Encodes
from genarium.reports.map_page import map_page
from genarium.runs.run import Run
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.maps import plane, principal_components

COMPONENTS, NEIGHBORS = 32, 5
"""Principal components of the control, and neighbors that vote."""


@dataclass(frozen=True)
class Maps:
    """`points`: name of a map -> (N, 2), and what is measured of it; `images` (N, H, W, 3) uint8, `labels` (N,)."""

    points: Mapping[str, np.ndarray]
    quality: Mapping[str, Mapping[str, float]]
    images: np.ndarray
    labels: np.ndarray
    classes: Sequence[str]


def embed(run: Run, values: Mapping[str, Any]) -> Maps:
    """UserError for a run that encodes no images, or has too few."""
    config, model = compose.load(run.config), restore(run, values["checkpoint"])
    data: DataModule = built(config.data.module, "data.module")
    data.setup()
    if not isinstance(data, ImageData) or not isinstance(model, Encodes):
        raise UserError(
            f"{config.choices.model} encodes no images: name a run of model=ae, vae or their like, or of ali"
        )
    check_content(run, data)
    rows = evenly_spaced(data.split_indices(values["split"]), values["count"])
    pixels, labels = pixels_of(data, rows), labels_of(data, rows)
    with model.evaluating(values["seed"]):
        sides = {f"codes of {config.choices.model}": codes_of(model, data, rows), "pixels": pixels}
    sides[f"{COMPONENTS} principal components"] = principal_components(pixels, COMPONENTS, values["seed"])
    points = dict(laid_out(sides, values))
    quality = {name: judged(found, pixels, labels, NEIGHBORS).values for name, found in points.items()}
    images = thumbnails(data.pictures(rows).images)
    known = np.zeros(len(rows), int) if labels is None else labels
    return Maps(points, quality, images, known, data.packed.classes if labels is not None else [""])


def thumbnails(images: Tensor) -> np.ndarray:
    """Images, (N, C, R, R), or curves of signals, as colors. -> (N, H, W, 3) uint8"""
    if are_signals(images):
        return np.stack([np.asarray(curves(one[None], columns=1)) for one in images])
    shown = to_bytes(images).permute(0, 2, 3, 1).numpy()
    return np.broadcast_to(shown, (*shown.shape[:3], 3)).copy()  # gray ones as colors


def laid_out(sides: Mapping[str, np.ndarray], values: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Each side of a comparison, (N, F), as points of the plane, (N, 2)."""
    for name, side in sides.items():
        print(f"laying out {len(side):,} images by {name}", file=sys.stderr)
        yield name, plane(side, values["method"], values["perplexity"], values["seed"])


def line(quality: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name.replace('map_knn_accuracy', f'{NEIGHBORS}-NN')} {value:.3f}" for name, value in quality.items()
    )


def show(made: Maps) -> None:
    table = Table(box=None, padding=(0, 2))
    table.add_column("map of")
    names = list(next(iter(made.quality.values())))
    for name in names:
        table.add_column(name, justify="right")
    for side, quality in made.quality.items():
        table.add_row(side, *(f"{quality[name]:.3f}" for name in names))
    Console().print(table)


def write(made: Maps, run: Run, out: Path, command: str) -> Iterator[Path]:
    """The picture and, beside it, the page."""
    palette = class_colors(len(made.classes))
    colors = [palette[label] for label in made.labels]
    titles = {name: f"{name}: {line(quality)}" for name, quality in made.quality.items()}
    pictures = {titles[name]: codes_map(points, made.images, colors) for name, points in made.points.items()}
    save(with_legend(sheet(pictures, len(pictures)), made.classes), out)
    yield out
    page = map_page(
        f"Maps of {len(made.labels):,} held-out images of {run.folder.name}", made.points,
        {name: line(quality) for name, quality in made.quality.items()}, made.images, made.labels.tolist(),
        made.classes, palette, command,
    )  # fmt: skip
    write_atomically(out.with_suffix(".html"), page.encode())
    yield out.with_suffix(".html")
