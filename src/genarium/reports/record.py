"""What the reports know of a run: its folder, read once."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from omegaconf import OmegaConf

from genarium.errors import UserError
from genarium.reports.settings import flatten
from genarium.runs import Run

Read = TypeVar("Read")
Series = dict[str, tuple[list[int], list[float]]]


@dataclass(frozen=True)
class Record:
    """One run. Whatever its folder lacks is empty here."""

    label: str  # unique among the runs of a report
    folder: Path
    settings: dict[str, Any]  # dotted key -> value
    result: dict[str, Any]
    series: Series  # name -> images seen, values
    pictures: dict[str, dict[int, Path]]  # kind -> images seen -> file

    @property
    def status(self) -> str:
        return self.result.get("status") or "not started"

    @property
    def error(self) -> str:
        """The sentence that a failed run left, else ''."""
        return self.result.get("error") or ""

    def choice(self, group: str) -> str | None:
        """What was chosen of a group such as 'model' or 'data', where the run says so."""
        chosen = self.result.get(group)
        return str(chosen) if chosen else None


def records(runs: Sequence[Run]) -> list[Record]:
    """Read every run; UserError naming the file that cannot be read."""
    results = [_reading(run.folder / "result.json", run.result) for run in runs]
    return [
        Record(
            label=label,
            folder=run.folder,
            settings=_reading(run.config, lambda run=run: _settings(run)),
            result=result,
            series=_reading(run.metrics, run.series),
            pictures=_reading(run.folder / "pictures", run.pictures),
        )
        for run, result, label in zip(runs, results, _labels(runs, results), strict=True)
    ]


def _settings(run: Run) -> dict[str, Any]:
    return flatten(OmegaConf.to_container(OmegaConf.load(run.config)))


def _reading(path: Path, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except (ValueError, OSError, csv.Error, yaml.YAMLError) as error:
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(f"{path} cannot be read ({first[0]}): repair it, or leave this run out") from None


def _labels(runs: Sequence[Run], results: Sequence[dict[str, Any]]) -> list[str]:
    """The run's name; with its group where two share the name; the folder where they share that too."""
    folders = [run.folder.resolve() for run in runs]
    names = [str(result.get("name") or folder.name) for result, folder in zip(results, folders, strict=True)]
    groups = [str(result.get("group") or folder.parent.name) for result, folder in zip(results, folders, strict=True)]
    longer = [f"{group}/{name}" for group, name in zip(groups, names, strict=True)]
    seen, seen_longer = Counter(names), Counter(longer)
    return [
        name if seen[name] == 1 else long if seen_longer[long] == 1 else str(run.folder)
        for run, name, long in zip(runs, names, longer, strict=True)
    ]
