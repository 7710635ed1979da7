"""Dashboard of a W&B project: its runs by all settings but the seed, as a workspace of wandb-workspaces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genarium.metrics import catalog
from genarium.reports.run_record import RunRecord
from genarium.reports.settings import differing, follows

if TYPE_CHECKING:
    from wandb_workspaces.workspaces import Section, Workspace

CURVES, TERMS = ("val", "selection", "latents", "modes"), ("train",)
"""First parts of the names of series: of held-out images and measured ones, and of what training descends on."""
ARROWS = {catalog.LOWER: " ↓", catalog.HIGHER: " ↑", catalog.NEITHER: ""}
PAIRS = (("precision", "recall"), ("density", "coverage"))
WIDEST = 8  # axes of parallel coordinates


@dataclass(frozen=True)
class Contents:
    """What the runs hold that a dashboard shows."""

    settings: list[str]  # dotted keys that differ between runs, but for the seed
    series: list[str]  # names of what was logged
    numbers: list[str]  # names of what was measured
    pictures: list[str]  # their kinds

    @property
    def objective(self) -> str:
        """Key at W&B of the number that settings are held against: the first measured one that ranks, else val/loss."""
        ranked = [name for name in self.numbers if catalog.better(name) != catalog.NEITHER]
        return f"evaluation/{ranked[0]}" if ranked else "val/loss"


def contents(records: Sequence[RunRecord]) -> Contents:
    settings = [record.settings for record in records]
    chosen = {f"choices.{group}": [record.choice(group) for record in records] for group in ("model", "data")}
    several = [key for key, options in chosen.items() if len(set(options)) > 1]
    keys = [key for key in differing(settings) if key.rpartition(".")[2] != "seed"]
    keys = [key for key in keys if not any(follows(key, settings, chosen[group]) for group in several)]
    return Contents(
        settings=[*several, *keys],
        series=sorted({name for record in records for name in record.series}),
        numbers=list(dict.fromkeys(name for record in records for name in record.result.get("numbers", {}))),
        pictures=sorted({kind for record in records for kind in record.pictures}),
    )


def workspace(entity: str, project: str, shown: Contents) -> "Workspace":
    """Runs grouped by all settings but the seed: curves as means with their bands, numbers with standard errors,
    settings against numbers with their importance, pictures, and what differs between runs."""
    import wandb_workspaces.workspaces as ws

    settings = ws.WorkspaceSettings(x_axis="images", max_runs=100)
    groups = ws.RunsetSettings(groupby=[ws.Config(key) for key in shown.settings])
    return ws.Workspace(
        entity=entity, project=project, name="Genarium", sections=sections(shown), settings=settings,
        runset_settings=groups,
    )  # fmt: skip


def sections(shown: Contents) -> "list[Section]":
    """Those that there is something for."""
    import wandb_workspaces.reports.v2 as wr
    import wandb_workspaces.workspaces as ws

    parts: dict[str, list[Any]] = {
        "Curves": curves(shown.series, CURVES),
        "Measured": [*measured(shown.numbers), *scatters(shown.numbers)],
        "Settings": against(shown),
        "Pictures": [wr.MediaBrowser(title=f"pictures/{kind}", media_keys=[f"pictures/{kind}"], gallery_axis="run")
                     for kind in shown.pictures],
        "Training": curves(shown.series, TERMS),
        "Runs": [wr.RunComparer(diff_only="split")],
    }  # fmt: skip
    closed = {"Training"}
    return [
        ws.Section(name=name, panels=panels, is_open=name not in closed) for name, panels in parts.items() if panels
    ]


def curves(series: Iterable[str], families: tuple[str, ...]) -> list[Any]:
    """Mean of a group's runs, with its standard error as a band, against images seen."""
    import wandb_workspaces.reports.v2 as wr

    names = [name for name in series if name.partition("/")[0] in families]
    band: dict[str, Any] = {"groupby_aggfunc": "mean", "groupby_rangefunc": "stderr", "aggregate": True}
    return [wr.LinePlot(title=name + ARROWS[catalog.better(name)], x="images", y=[name], **band) for name in names]


def measured(numbers: Iterable[str]) -> list[Any]:
    """Mean of a group's runs, with its standard error, of the numbers that rank."""
    import wandb_workspaces.reports.v2 as wr

    bar: dict[str, Any] = {"groupby_aggfunc": "mean", "groupby_rangefunc": "stderr", "orientation": "h"}
    title = lambda name: name + ARROWS[catalog.better(name)]
    ranking = [name for name in numbers if catalog.better(name) != catalog.NEITHER]
    return [wr.BarPlot(title=title(name), metrics=[f"evaluation/{name}"], **bar) for name in ranking]


def scatters(numbers: Iterable[str]) -> list[Any]:
    """Numbers that trade off, of one protocol: precision against recall."""
    import wandb_workspaces.reports.v2 as wr

    known = set(numbers)
    axis = lambda name: wr.SummaryMetric(f"evaluation/{name}")
    found = [
        (name, second + name.removeprefix(first))
        for name in sorted(known)
        for first, second in PAIRS
        if name.startswith(f"{first}/")
    ]
    return [wr.ScatterPlot(title=f"{x} against {y}", x=axis(x), y=axis(y)) for x, y in found if y in known]


def against(shown: Contents) -> list[Any]:
    """Settings against the objective: parallel coordinates, and W&B's importance of each."""
    import wandb_workspaces.reports.v2 as wr
    from wandb_workspaces.reports.v2.interface import ParallelCoordinatesPlotColumn

    if not shown.settings:
        return []
    axes = [ParallelCoordinatesPlotColumn(metric=wr.Config(key)) for key in shown.settings[:WIDEST]]
    last = ParallelCoordinatesPlotColumn(metric=wr.SummaryMetric(shown.objective))
    return [
        wr.ParallelCoordinatesPlot(title=f"settings and {shown.objective}", columns=[*axes, last]),
        wr.ParameterImportancePlot(with_respect_to=shown.objective),
    ]
