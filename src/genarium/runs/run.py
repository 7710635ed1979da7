"""A run's folder: what a training leaves on disk, written and read here and nowhere else. No torch.

config.yaml     resolved; enough to run it again
recipe.yaml     the same before its interpolations were resolved: what a change at a resume goes into
metrics.csv     images,name,value: one number a row, by images seen
checkpoints/    last.ckpt, best.ckpt
pictures/       <kind>/<images seen, 12 digits>.png
tables/         <name>.csv: one row per latent, class, ...; latest state
result.json     status, numbers with their protocol, times, versions, git commit, device
"""

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from genarium.errors import UserError
from genarium.files import lock
from genarium.files.atomic import write_atomically
from genarium.files.json_numbers import as_json, with_values
from genarium.runs import metrics_csv

DEPTH = 16  # how far below a folder runs are looked for: group=a/b and name=2024/05/01 make folders in folders
OWN = ("checkpoints", "pictures", "tables", "wandb", "tensorboard", "mlflow")  # folders in which a run keeps its own


@dataclass(frozen=True)
class Run:
    """One run's folder."""

    folder: Path

    @classmethod
    def open(cls, folder: str | Path) -> "Run":
        """The run that lies in `folder`; UserError where none does."""
        run = cls(Path(folder).expanduser())
        if not run.config.is_file():
            named = str(folder) or "''"
            raise UserError(
                f"{named} is no run's folder: it holds no config.yaml; name a folder such as runs/default/…"
            )
        return run

    @classmethod
    def of(cls, trainer: Any) -> "Run":
        """The run that a Lightning trainer writes to."""
        return cls(Path(trainer.default_root_dir))

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def recipe(self) -> Path:
        return self.folder / "recipe.yaml"

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics.csv"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def last(self) -> Path:
        return self.checkpoint("last")

    @property
    def best(self) -> Path:
        return self.checkpoint("best")

    def checkpoint(self, name: str) -> Path:
        """The file of the checkpoint `name`: last or best."""
        return self.checkpoints / f"{name}.ckpt"

    def picture(self, kind: str, images: int) -> Path:
        return self.folder / "pictures" / kind / f"{images:012d}.png"

    def pictures(self) -> dict[str, dict[int, Path]]:
        """Kind -> images seen -> file, both in order."""
        kinds = sorted(path for path in (self.folder / "pictures").glob("*") if path.is_dir())
        files = {kind.name: [file for file in sorted(kind.glob("*.png")) if file.stem.isdigit()] for kind in kinds}
        return {kind: {int(file.stem): file for file in found} for kind, found in files.items()}

    def table(self, name: str) -> Path:
        return self.folder / "tables" / f"{name}.csv"

    @property
    def record(self) -> Path:
        return self.folder / "result.json"

    def result(self) -> dict[str, Any]:
        """result.json as a dictionary; empty where the run has not started; UserError where it is damaged."""
        if not self.record.exists():
            return {}
        try:
            found = json.loads(self.record.read_text(encoding="utf-8"))
            why = "" if isinstance(found, dict) else "it is no dictionary"
        except (OSError, ValueError, RecursionError) as error:
            why = error.strerror if isinstance(error, OSError) else "empty, cut, or no JSON"
        if why:
            raise UserError(
                f"{self.record} is damaged ({why}): delete it; the run can be gone on with and measured without it"
            )
        return with_values(found)

    def status(self, result: Mapping[str, Any] | None = None) -> str:
        """Status of the run by result.json; `interrupted` where it is `running` and its process is gone."""
        result = self.result() if result is None else result
        status = result.get("status") or "not started"
        return "interrupted" if status == "running" and not lock.runs_on(self.folder, result) else status

    def update_result(self, **changes: Any) -> None:
        """Merge `changes` into result.json, atomically."""
        self.rewrite_result(lambda result: result | changes)

    def rewrite_result(self, rewrite: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """result.json as `rewrite` makes it of what is there, atomically, while nobody else does the same."""
        with FileLock(self.folder / ".result.lock"):
            text = json.dumps(as_json(rewrite(self.result())), indent=2, default=str, allow_nan=False)
            write_atomically(self.record, text.encode())

    def append(self, images: int, values: Mapping[str, float]) -> None:
        """Add one row per value, and have them on the disk before returning."""
        metrics_csv.append(self.metrics, images, values)

    def rows(self) -> Iterable[tuple[int, str, float]]:
        """(images seen, name, value) in the order they were logged; a torn last line is left out."""
        return metrics_csv.rows(self.metrics)

    def rewind(self, images: int) -> None:
        """Forget what was logged and drawn after `images`: a resumed run writes it again."""
        text = metrics_csv.text(row for row in self.rows() if row[0] <= images)
        write_atomically(self.metrics, text.encode())
        for files in self.pictures().values():
            for seen, file in files.items():
                if seen > images:
                    file.unlink()

    def series(self) -> dict[str, tuple[list[int], list[float]]]:
        """Name -> (images seen, values), non-finite values kept."""
        return metrics_csv.series(self.metrics)

    def latest(self) -> dict[str, float]:
        """The last finite value of every series."""
        finite = {name: [y for y in ys if math.isfinite(y)] for name, (_, ys) in self.series().items()}
        return {name: ys[-1] for name, ys in finite.items() if ys}


def find_runs(folders: Sequence[str | Path]) -> list[Run]:
    """The runs in `folders`, in the order given and by name within a folder, each once; UserError where none are."""
    if not folders:
        raise UserError("No run was named: give runs' folders, or a folder of runs such as runs/default")
    found: dict[Path, Run] = {}
    for folder in folders:
        place = place_of(folder)
        runs = list(_below(place, DEPTH, set()))
        if not runs:
            raise UserError(f"{folder} holds no run (a folder with a config.yaml): name one such as runs/default/…")
        for run in runs:
            found.setdefault(run.folder.resolve(), run)
    return list(found.values())


def place_of(folder: str | Path) -> Path:
    """A folder, or that of a group below runs/; UserError where there is neither."""
    places = (Path(folder).expanduser(), Path("runs") / folder) if str(folder).strip() else ()
    if found := next((place for place in places if place.is_dir()), None):
        return found
    named = str(folder).strip() or "''"
    raise UserError(f"There is no folder {named}: name a run's folder, or one of runs such as runs/default")


def _below(folder: Path, depth: int, seen: set[Path]) -> Iterator[Run]:
    """Runs in `folder`; what lies in a run's own folders (W&B's and Hydra's own config.yaml) is none. A folder that
    cannot be read is reported on standard error."""
    if folder.resolve() in seen:  # a link to a folder above
        return
    seen.add(folder.resolve())
    run = Run(folder)
    if is_run := run.config.is_file():
        yield run
    try:
        inner = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError as error:
        print(f"not looked into for runs: {folder} ({error.strerror})", file=sys.stderr)
        return
    inner = sorted((path for path in inner if not (is_run and path.name in OWN)), key=_natural)
    if inner and not depth:
        print(f"not looked into for runs, {DEPTH} folders deep: {folder}", file=sys.stderr)
    for path in inner if depth else []:
        yield from _below(path, depth - 1, seen)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sorts 'seed=2' before 'seed=10'."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]
