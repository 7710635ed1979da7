"""One further process of a run on several devices; started by Lightning, never by hand."""

from pytorch_lightning.utilities import rank_zero_only

from genarium.config import compose
from genarium.distributed import ranks
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.fit import train


def help_text() -> str:
    return "genarium rank FOLDER: started by `genarium train trainer=ddp`, never by hand"


def main(args: list[str]) -> None:
    if not args or not ranks.started_by_a_run():  # Lightning adds words of Hydra's
        raise UserError("genarium rank is started by `genarium train trainer=ddp`, never by hand")
    run = Run.open(args[0])
    rank_zero_only.rank = rank_zero_only.rank or 1
    try:
        train(compose.load(run.config), run, resume=True, first=False)
    except UserError:
        raise SystemExit(2) from None  # the first process says why
