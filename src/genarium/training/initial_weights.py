"""Initial weights from another run."""

import sys

from torch import nn

from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.training.module import Module


def start_from(model: Module, run: Run) -> None:
    """Pretraining: every network of `model` that `run`'s model has too, of the same name and shapes, starts from its
    weights, the averaged ones where it has some; the others start as they are. UserError where there is none."""
    other = restore(run)
    other.swap_averages()
    theirs = parts_of(other)
    alike = {name: part for name, part in parts_of(model).items() if shapes(part) == shapes(theirs.get(name))}
    if not alike:
        here, there = ", ".join(parts_of(model)), ", ".join(theirs)
        raise UserError(
            f"init={run.folder}: none of its networks ({there}) is called as one here ({here}) and of its"
            " shapes: leave init=none, or choose the same networks and data of the same size"
        )
    for name, part in alike.items():
        part.load_state_dict(theirs[name].state_dict())
    print(f"starting from {', '.join(alike)} of {run.folder}", file=sys.stderr)


def parts_of(model: Module) -> dict[str, nn.Module]:
    """Name -> network that has weights, whatever it is wrapped in; averages are no networks of their own."""
    parts = {name: core(part) for name, part in model.named_children() if name != "averages"}
    return {name: part for name, part in parts.items() if any(True for _ in part.parameters())}


def core(part: nn.Module) -> nn.Module:
    """The one part of a sequence that holds anything, where it is one: an encoder without its code's activation."""
    held = [child for child in part.children() if child.state_dict()] if isinstance(part, nn.Sequential) else []
    return core(held[0]) if len(held) == 1 else part


def shapes(part: nn.Module | None) -> dict[str, tuple[int, ...]]:
    """Name -> shape of each weight and buffer."""
    return {} if part is None else {name: tuple(value.shape) for name, value in part.state_dict().items()}
