"""Callback that saves last.ckpt, from which a run resumes bit for bit, and best.ckpt, the best by a logged number."""

import math
import os
import signal
import sys
from typing import Any

import torch
from pytorch_lightning import Trainer
from pytorch_lightning.utilities.exceptions import SIGTERMException
from torch import nn

from genarium.callbacks.periodic import PeriodicCallback
from genarium.errors import nearest
from genarium.runs.run import Run
from genarium.training.module import Module


class Checkpoints(PeriodicCallback):
    """Checkpoints of the whole state: every so many images, at the end, and before a SIGTERM or Ctrl-C ends the run.

    Runs after the callbacks that log and draw, so that their files are on the disk before the checkpoint. A state that
    is not finite is never saved.
    """

    def __init__(self, every: int, monitor: str, mode: str) -> None:
        """`best.ckpt` follows the logged number `monitor`, smallest (mode=min) or largest (mode=max)."""
        super().__init__(every)
        self.monitor, self.sign = monitor, {"min": 1.0, "max": -1.0}[mode]
        self.best: dict[str, float] = {}  # value and images seen, once there is one

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        # the first Ctrl-C ends the run like a SIGTERM, between two batches; the second one ends it at once
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self.end_as_by_sigterm)

    @staticmethod
    def end_as_by_sigterm(signum: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.kill(os.getpid(), signal.SIGTERM)

    def on_train_batch_end(self, trainer: Trainer, module: Module, *args: Any) -> None:
        self.keep_best(trainer, module)
        super().on_train_batch_end(trainer, module, *args)

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        self.keep_best(trainer, module)
        super().on_train_end(trainer, module)
        if not self.best and trainer.is_global_zero:
            print(f"no best.ckpt: {never_logged(self.monitor, module)}", file=sys.stderr)

    def keep_best(self, trainer: Trainer, module: Module) -> None:
        images, value = module.latest.get(self.monitor, (0, 0.0))
        if images == module.images_seen and self.improves(value):
            self.best = {"value": value, "images": images}
            self.save(trainer, module, "best")

    def improves(self, value: float) -> bool:
        """Whether `value` improves on the best and is finite."""
        if not math.isfinite(value):
            return False
        return not self.best or self.sign * value < self.sign * self.best["value"]

    def run(self, trainer: Trainer, module: Module) -> None:
        self.save(trainer, module, "last")

    def on_exception(self, trainer: Trainer, module: Module, exception: BaseException) -> None:
        if isinstance(exception, SIGTERMException):
            self.save(trainer, module, "last")

    @staticmethod
    def save(trainer: Trainer, module: Module, name: str) -> None:
        networks = module.networks()
        for player, part in [*networks.items(), (next(iter(networks)), module)]:
            if bad := names_of_nonfinite(part):
                raise module.diverged(f"{bad[0]} is no longer finite", player)
        path = Run.of(trainer).checkpoint(name)
        scratch = path.with_suffix(".partial")
        try:
            trainer.save_checkpoint(scratch)
            if trainer.is_global_zero:
                scratch.replace(path)
        finally:
            if trainer.is_global_zero:
                scratch.unlink(missing_ok=True)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "by": [self.monitor, self.sign]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the best value, unless it was of another monitored number."""
        if state.get("by", [self.monitor, self.sign]) == [self.monitor, self.sign]:
            self.best = state["best"]


def names_of_nonfinite(part: nn.Module) -> list[str]:
    """Names of weights, averages and buffers that are not finite, with one transfer from the device."""
    state = {name: value for name, value in part.state_dict().items() if isinstance(value, torch.Tensor)}
    if not state:
        return []
    finite = torch.stack([value.isfinite().all() for value in state.values()]).tolist()
    return [name for name, is_finite in zip(state, finite, strict=True) if not is_finite]


def never_logged(monitor: str, module: Module) -> str:
    """Sentence for a monitored number that was never logged, with the nearest name that was."""
    if monitor in module.latest:
        return f"{monitor} was logged only at other times: give both callbacks the same every"
    measured = [name for name in module.latest if name.startswith(("val/", "selection/"))]
    near = nearest(monitor, measured) if measured else "; callbacks=best_by_fd follows a measured distance"
    return f"{monitor} was never logged{near}"
