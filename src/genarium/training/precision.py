"""Training precision."""

from genarium.errors import UserError
from genarium.runs import environment

KNOWN = ("32-true", "bf16-mixed", "16-mixed")
SHORT = {"32": "32-true", "16": "16-mixed", "bf16": "bf16-mixed"}


def settled(asked: object, accelerator: str) -> str | None:
    """Lightning's name of a precision: "auto" is the best of the device; None stays, where a plugin sets it.

    UserError for precisions that are not supported.
    """
    if asked is None:
        return None
    precision = environment.best_precision(accelerator) if asked == "auto" else SHORT.get(str(asked), str(asked))
    if precision not in KNOWN:
        raise UserError(
            f"trainer.precision={asked}: choose auto, {', '.join(KNOWN[:-1])} or {KNOWN[-1]}; weights,"
            " their averages and whatever is measured are in single precision"
        )
    if precision == "16-mixed" and accelerator == "cpu":
        raise UserError("trainer.precision=16-mixed needs a GPU: choose bf16-mixed or 32-true on a CPU")
    return precision
