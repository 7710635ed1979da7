"""Record of a run for reports, read once from its folder."""

import csv
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from omegaconf.errors import OmegaConfBaseException

from genarium.errors import UserError
from genarium.reports.checked_result import sound
from genarium.reports.settings import flatten
from genarium.reports.settings_file import read_settings
from genarium.runs.run import Run

Read = TypeVar("Read")
MANY = 8  # failed runs are told; more are counted
FEW = 3  # damaged keys of a file are named; more are counted
Series = dict[str, tuple[list[int], list[float]]]


@dataclass(frozen=True)
class RunRecord:
    """One run. Whatever its folder lacks is empty here."""

    label: str  # unique among the runs of a report
    folder: Path
    settings: dict[str, Any]  # dotted key -> value
    result: dict[str, Any]
    series: Series  # name -> images seen, values
    pictures: dict[str, dict[int, Path]]  # kind -> images seen -> file
    problems: list[str] = field(default_factory=list)  # a sentence per file that could not be read

    @property
    def status(self) -> str:
        return self.result.get("status") or "not started"

    @property
    def error(self) -> str:
        """The sentence that a failed run left, else ''."""
        return self.result.get("error") or ""

    @property
    def again(self) -> str:
        """The command that goes on with a run which did not finish; '' where it finished, runs, or kept no state."""
        if self.status not in ("failed", "interrupted", "pruned") or not Run(self.folder).last.exists():
            return ""
        return shlex.join(["genarium", "train", f"resume={self.folder}"])

    def choice(self, group: str) -> str | None:
        """Option chosen of a group such as 'model' or 'data', where it is recorded."""
        chosen = self.result.get(group)
        return str(chosen) if chosen else None


def failures(read: Sequence[RunRecord]) -> list[str]:
    """A sentence for each failed run; of many the first, and how many more there are."""
    failed = [
        f"{record.label} failed: {record.error or 'it left no reason'}" for record in read if record.status == "failed"
    ]
    more = [f"{len(failed) - MANY} more runs failed; the table says why."] if len(failed) > MANY else []
    return failed[:MANY] + more


def records(runs: Sequence[Run]) -> list[RunRecord]:
    """Read every run. A file that cannot be read, or holds what it should not, is empty here and one of `problems`."""
    problems: list[list[str]] = [[] for _ in runs]
    results = [_result(run, found) for run, found in zip(runs, problems, strict=True)]
    return [
        RunRecord(
            label=label,
            folder=run.folder,
            settings=_reading(run.config, lambda run=run: _settings(run), found),
            result=result,
            series=_reading(run.metrics, run.series, found),
            pictures=_reading(run.folder / "pictures", run.pictures, found),
            problems=found,
        )
        for run, result, label, found in zip(runs, results, _labels(runs, results), problems, strict=True)
    ]


def _result(run: Run, problems: list[str]) -> dict[str, Any]:
    path = run.folder / "result.json"
    kept, odd = sound(_reading(path, run.result, problems))
    if kept.get("status") == "running":
        kept["status"] = run.status(kept)
    if odd:
        more = f", and {len(odd) - FEW} more like this" if len(odd) > FEW else ""
        problems.append(f"{path} is damaged and shown in part: {', '.join(odd[:FEW])}{more}.")
    return kept


def _settings(run: Run) -> dict[str, Any]:
    return flatten(read_settings(run.config))


def _reading(path: Path, read: Callable[[], Read], problems: list[str]) -> Read | dict:
    """Content of `path` by `read`; {} where it cannot be read, with the reason in `problems`."""
    try:
        return read()
    except UserError as error:
        problems.append(f"{error} (it counts as empty here).")
        return {}
    except (ValueError, OSError, csv.Error, yaml.YAMLError, OmegaConfBaseException, RecursionError) as error:
        first = str(error).strip().splitlines() or [type(error).__name__]
        problems.append(f"{path} cannot be read ({first[0]}): it counts as empty here.")
        return {}


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
