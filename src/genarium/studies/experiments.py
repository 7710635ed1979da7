"""Where studies lie: the folder experiments/ here, or that of the checkout."""

from pathlib import Path

from genarium.config.conf_groups import conf_dir
from genarium.errors import UserError, nearest
from genarium.studies import study_file
from genarium.studies.study_file import FILE, Study


def folder() -> Path:
    """experiments/ of the working folder where it holds studies, else of the checkout."""
    here = Path("experiments")
    return here if list(here.glob(f"*/{FILE}")) else conf_dir().parent / "experiments"


def names(within: Path) -> list[str]:
    return sorted(path.parent.name for path in within.glob(f"*/{FILE}"))


def find(name: str) -> Study:
    """The study of this name, or in this folder; UserError where there is none."""
    place = Path(name).expanduser()
    if (place / FILE).is_file():
        return study_file.read(place.absolute())
    known = names(folder())
    if name not in known:
        raise UserError(f"there is no study '{name}'{nearest(name, known)}; genarium study --list shows them")
    return study_file.read(folder() / name)


def studies(within: Path) -> list[Study]:
    return [study_file.read(within / name) for name in names(within)]
