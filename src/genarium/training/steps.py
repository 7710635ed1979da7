"""Algorithm box of a training rule: the gradient steps of a round, as values."""

from collections.abc import Callable, Generator

from torch import Tensor

Terms = dict[str, Tensor]
"""Named terms of an objective, one number per example, (B,). The key "loss" is minimized; all are logged."""

Objective = Callable[[], Terms]
Steps = Generator[tuple[str, Objective], Terms, None]
"""(player, objective) of each gradient step of a round; sent the terms of a step, it yields the next."""


def take_steps(steps: Steps, take: Callable[[str, Objective], Terms]) -> None:
    """Calls `take` on each step of a round and hands it what came of it."""
    try:
        step = next(steps)
        while True:
            step = steps.send(take(*step))
    except StopIteration:
        return
