"""python -m genarium.bench [data] [training] [together] [sweep] [evaluation] [page]: speeds, side by side."""

import importlib
import sys

from rich.console import Console
from rich.table import Table

from genarium.bench import Row
from genarium.runs import environment

PARTS = ("data", "training", "together", "sweep", "evaluation", "page")


def meets(row: Row) -> bool:
    """Whether the value is on the right side of its aim, such as ">= 0.97"."""
    sign, bound = row.aim.split()
    return {">=": row.value >= float(bound), "<=": row.value <= float(bound), "<": row.value < float(bound)}[sign]


def main() -> None:
    console = Console()
    table = Table(title=f"reference speeds on {environment.device(environment.torch.device('cpu'))}")
    for name in ("what", "measured", "aim", "met", "how"):
        table.add_column(name, overflow="fold")
    for part in sys.argv[1:] or PARTS:
        for row in importlib.import_module(f"genarium.bench.{part}").rows():
            unit = " s" if row.unit == "s" else ""
            table.add_row(row.name, f"{row.value:.2f}{unit}", row.aim, "yes" if meets(row) else "no", row.note)
    console.print(table)


if __name__ == "__main__":
    main()
