"""A row of pictures of a study: of each arm the last picture of its first finished run."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from genarium.runs.run import Run
from genarium.studies.summary import Summary

MOST, ROWS = 6, 3
"""Arms, and data sets, that are shown at most."""


def draw(summary: Summary, runs: Mapping[tuple[str, str, int], Run]) -> bytes | None:
    """PNG, a row a data set, the first ones; None where the study asks for no pictures, or where no run is here."""
    from matplotlib.figure import Figure

    asked = summary.study.pictures
    if not asked:
        return None
    arms = [arm for arm in asked.get("arms") or summary.arms[:MOST] if arm in summary.arms]
    places = summary.data[:ROWS]
    found = {(data, arm): last(summary, runs, data, arm, asked["kind"]) for data in places for arm in arms}
    if not arms or not any(found.values()):
        return None
    figure = Figure(figsize=(2.1 * len(arms), 2.3 * len(places)), layout="constrained", dpi=120)
    axes = figure.subplots(len(places), len(arms), squeeze=False)
    for (data, arm), path in found.items():
        place = axes[places.index(data)][arms.index(arm)]
        place.set_axis_off()
        place.set_title(arm + (f", {data}" if len(places) > 1 else ""), fontsize=8)
        if path:
            with Image.open(path) as picture:
                place.imshow(picture.convert("RGB"))
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def last(summary: Summary, runs: Mapping[tuple[str, str, int], Run], data: str, arm: str, kind: str) -> Path | None:
    rows: Sequence = [row.place for row in summary.rows if (row.data, row.arm) == (data, arm)]
    for place in rows:
        files = runs[place].pictures().get(kind) if place in runs else None
        if files:
            return files[max(files)]
    return None
