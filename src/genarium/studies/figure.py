"""Figure of a study: every run a point, its arm's mean with the 95 % interval, one panel a measure and data set."""

import hashlib
import io
import math
from pathlib import Path
from typing import Any

from PIL import Image

from genarium.studies.results import FILE
from genarium.studies.shown import ARROWS
from genarium.studies.summary import Summary

SOURCE = "results"
"""Key of the picture's text: the hash of the results.csv that it was drawn from."""
MOST = 3  # measures, where the study names none
INK, POINT, LOST = "#1a1a1a", "#4477aa", "#cc3311"


def results_hash(folder: Path) -> str:
    path = folder / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def drawn_from(path: Path) -> str:
    """The hash of the results that a figure was drawn from."""
    with Image.open(path) as picture:
        return str(picture.info.get(SOURCE, ""))


def draw(summary: Summary, source: str) -> bytes:
    """PNG; measures in rows, data sets in columns."""
    from matplotlib.figure import Figure  # half a second

    study, asked = summary.study, summary.study.figure
    named = asked.get("measures") or list(study.measures)[:MOST]
    names = [n for n in named if any(summary.values(d, a, n) for d in summary.places for a in summary.arms)]
    height, width = max(len(names), 1), max(len(summary.places), 1)
    tall = max(2.2, 0.28 * len(summary.arms) + 0.9)
    figure = Figure(figsize=(1.6 + 3.6 * width, tall * height), layout="constrained", dpi=120)
    axes = figure.subplots(height, width, squeeze=False)
    for row, name in enumerate(names):
        for column, data in enumerate(summary.places):
            panel(axes[row][column], summary, data, name, against=asked.get("against"), left=column == 0)
            one = axes[row][column]
            values = one.yaxis if asked.get("against") else one.xaxis
            few_ticks(values, log=asked.get("log") or study.measures[name].log)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None, SOURCE: source})
    return out.getvalue()


def few_ticks(axis: Any, log: bool) -> None:
    """At most six plain numbers on an axis; on a logarithmic one powers of ten, where it has several."""
    from matplotlib import ticker

    if log:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})
        low, high = axis.get_view_interval()
        if math.floor(math.log10(high)) > math.ceil(math.log10(low)):
            return axis.set_minor_formatter(ticker.NullFormatter())
        axis.set_minor_locator(ticker.NullLocator())
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        if high > 10 * low:
            return axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_locator(ticker.MaxNLocator(5))


def panel(axes: Any, summary: Summary, data: str, name: str, against: str | None, left: bool) -> None:
    better = ARROWS[summary.study.measures[name].better]
    if against:
        curve(axes, summary, data, name, against)
        axes.set_ylabel(f"{name}{better}" if left else "")
        axes.set_xlabel(against)
    else:
        points(axes, summary, data, name)
        axes.set_xlabel(f"{name}{better}")
        if not left:
            axes.set_yticklabels([])
    axes.set_title(data if len(summary.places) > 1 else "", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def points(axes: Any, summary: Summary, data: str, name: str) -> None:
    """Arms from top to bottom; runs that failed are counted in red, published values are diamonds."""
    for y, arm in enumerate(summary.arms):
        cell = summary.cell(data, arm, name)
        finite = [value for value in cell.values if math.isfinite(value)]
        spread = [y + 0.22 * (2 * (i % 5) / 4 - 1) for i in range(len(finite))]
        axes.scatter(finite, spread, s=12, color=POINT, alpha=0.55, linewidths=0)
        if cell.interval:
            mean, low, high = cell.interval
            if math.isfinite(high - low):
                axes.hlines(y, low, high, color=INK, linewidth=1.4)
            axes.plot(mean, y, "|", color=INK, markersize=10, markeredgewidth=1.6)
        if cell.failed:
            place = axes.get_yaxis_transform()
            axes.text(1.01, y, f"{cell.failed} failed", color=LOST, va="center", fontsize=7, transform=place)
        for one in summary.study.published:
            if (one.arm, one.measure, one.data) == (arm, name, data):
                axes.plot(one.value, y, "D", color="none", markeredgecolor=LOST, markersize=6)
    axes.set_yticks(range(len(summary.arms)), summary.arms)
    axes.set_ylim(len(summary.arms) - 0.5, -0.5)


def curve(axes: Any, summary: Summary, data: str, name: str, against: str) -> None:
    """Means over a setting of grids, one line a family of arms; or over another measure, one point a run."""
    families: dict[str, list[tuple[float, str]]] = {}
    for arm in summary.arms:
        settings = summary.study.arms[arm].settings
        if against in settings:
            families.setdefault(arm.removesuffix(f"_{settings[against]}"), []).append((float(settings[against]), arm))
    for family, places in families.items():
        cells = [(x, summary.cell(data, arm, name).interval) for x, arm in sorted(places)]
        known = [(x, one) for x, one in cells if one]
        (line,) = axes.plot([x for x, _ in known], [one.estimate for _, one in known], "o-", label=family, markersize=4)
        bounds = [(x, one) for x, one in known if math.isfinite(one.high - one.low)]
        axes.fill_between(
            [x for x, _ in bounds], [one.low for _, one in bounds], [one.high for _, one in bounds],
            color=line.get_color(), alpha=0.2, linewidth=0,
        )  # fmt: skip
    if not families:
        for arm in summary.arms:
            axes.scatter(summary.values(data, arm, against), summary.values(data, arm, name), s=14, label=arm)
    axes.legend(frameon=False, fontsize=8)
