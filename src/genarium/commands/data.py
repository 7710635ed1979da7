"""genarium data: fetch, pack and show a data set."""

from rich.console import Console
from rich.table import Table

from genarium.commands.key_values import listed, no_options
from genarium.config import compose
from genarium.config.roots import root
from genarium.errors import UserError
from genarium.files.output_paths import PICTURES, out_file

HELP = """genarium data NAME [key=value …]: download if need be, pack, print statistics, draw a contact sheet

Examples
  genarium data flowers
  genarium data pokemon data.resolution=32 data.root=~/datasets
  genarium data folder data.path=~/pictures out=pictures.png

Keys: out (the contact sheet's file) and every key of the group `data`.

data=
"""
ROWS, COLUMNS = 5, 10


def help_text() -> str:
    return HELP + listed("data")


def main(args: list[str]) -> None:
    given = [word.removeprefix("data=") for word in args if "=" not in word or word.startswith("data=")]
    names = no_options([name for name in given if name])
    outs = [word.partition("=")[2] for word in args if word.startswith("out=")]
    if len(names) != 1:
        raise UserError("say which data set: genarium data flowers; `genarium list data` lists them")
    out = out_file(outs[-1] if outs else f"{names[0]}.png", list(PICTURES))
    overrides = [word for word in args if "=" in word and not word.startswith(("out=", "data="))]
    if others := [word for word in overrides if root(word.partition("=")[0].lstrip("+~")) != "data"]:
        raise UserError(f"there is no key '{others[0].partition('=')[0]}' here: genarium data takes out= and data.KEY=")
    config = compose.checked([f"data={names[0]}", *overrides])
    from genarium.data.contact_sheet import contact_sheet, statistics  # torch comes when nothing is misspelled
    from genarium.data.signals import Signals
    from genarium.data.sources.mixture import GaussianMixture
    from genarium.plots.grid import grid, save
    from genarium.training.build import built

    module = built(config.data.module, "data.module")
    if isinstance(module, GaussianMixture):
        how = "callbacks=toy_2d" if module.centers.shape[1] == 2 else "model=dirac_gan callbacks=dirac"
        raise UserError(
            f"{names[0]} draws its points as it trains: there is nothing to fetch or pack; see them by "
            f"genarium train data={names[0]} {how}"
        )
    module.download()
    module.prepare_data()
    show(statistics(module.packed), Console())
    if isinstance(module, Signals):
        save(grid(module.examples(ROWS * COLUMNS, "train").images, COLUMNS), out)
    else:
        contact_sheet(module.packed, out, ROWS, COLUMNS)
    print(f"contact sheet: {out}")


def show(found: dict, console: Console) -> None:
    """The statistics, a line each."""
    table = Table.grid(padding=(0, 2))
    for name, value in found.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {count:,}" for key, count in value.items()) or "none"
        elif isinstance(value, list):
            value = ", ".join(f"{number:.3f}" for number in value)
        table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    console.print(table)
