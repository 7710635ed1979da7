"""A row of pictures of a study: of each arm the last picture of its first finished run."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from genarium.runs.run import Run
from genarium.studies.results import FINISHED
from genarium.studies.summary import Summary

MOST, ROWS = 6, 3
"""Arms, and data sets, that are shown at most."""
WIDTH, TITLE = 2.1, 0.25
"""Of an arm's picture, and of the line above it, in inches."""


def draw(summary: Summary, runs: Mapping[tuple[str, str, int], Run], before: bool) -> bytes | None:
    """PNG, a row a data set, the first ones; None where the study asks for no pictures, or where no run is here.

    Neither where pictures stand from `before` and some arm's finished runs are not here: new ones would lose it.
    """
    from matplotlib.figure import Figure

    asked = summary.study.pictures
    if not asked:
        return None
    arms = [arm for arm in asked.get("arms") or summary.arms[:MOST] if arm in summary.arms]
    places = summary.data[:ROWS]
    found = {(data, arm): last(summary, runs, data, arm, asked["kind"]) for data in places for arm in arms}
    shown = {place: opened(path) for place, path in found.items() if path}
    finished = {(row.data, row.arm) for row in summary.rows if row.status == FINISHED}
    if not shown or (before and any(place in finished for place, path in found.items() if not path)):
        return None
    tall = lambda data: max((one.height / one.width for (row, _), one in shown.items() if row == data), default=0)
    heights = [WIDTH * tall(data) + TITLE for data in places]
    figure = Figure(figsize=(WIDTH * len(arms), sum(heights)), layout="constrained", dpi=120)
    axes = figure.subplots(len(places), len(arms), squeeze=False, gridspec_kw={"height_ratios": heights})
    for axis in axes.flat:
        axis.set_axis_off()
    for (data, arm), picture in shown.items():
        axis = axes[places.index(data)][arms.index(arm)]
        axis.set_title(arm + (f", {data}" if len(places) > 1 else ""), fontsize=8)
        axis.imshow(picture)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def last(summary: Summary, runs: Mapping[tuple[str, str, int], Run], data: str, arm: str, kind: str) -> Path | None:
    rows: Sequence = [row.place for row in summary.rows if (row.data, row.arm) == (data, arm)]
    for place in rows:
        files = runs[place].pictures().get(kind) if place in runs else None
        if files:
            return files[max(files)]
    return None
