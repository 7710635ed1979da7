"""What survives: last.ckpt, from which a run resumes bit for bit, and best.ckpt, by a measured number."""

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
    """Saves the whole state every so many images, at the end, and before a SIGTERM or Ctrl-C ends the run.

    Acts after all that log and draw: what came before a checkpoint is on the disk before it. A state that is not finite
    is never saved.
    """

    def __init__(self, every: int, monitor: str, mode: str) -> None:
        """`best.ckpt` follows the logged number `monitor`, smallest (mode=min) or largest (mode=max)."""
        super().__init__(every)
        self.monitor, self.sign = monitor, {"min": 1.0, "max": -1.0}[mode]
        self.best: dict[str, float] = {}  # value and images seen, once there is one

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        # the first Ctrl-C ends the run like a SIGTERM, between two batches; the second one ends it at once
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self.end_gently)

    @staticmethod
    def end_gently(signum: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.kill(os.getpid(), signal.SIGTERM)

    def on_train_batch_end(self, trainer: Trainer, module: Module, *args: Any) -> None:
        self.keep_best(trainer, module)
        super().on_train_batch_end(trainer, module, *args)

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        self.keep_best(trainer, module)
        super().on_train_end(trainer, module)
        if not self.best and trainer.is_global_zero:
            print(f"no best.ckpt: {never(self.monitor, module)}", file=sys.stderr)

    def keep_best(self, trainer: Trainer, module: Module) -> None:
        images, value = module.latest.get(self.monitor, (0, 0.0))
        if images == module.images_seen and self.better(value):
            self.best = {"value": value, "images": images}
            self.save(trainer, module, "best")

    def better(self, value: float) -> bool:
        """Never a number that is not finite: after it, none would be."""
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
            if bad := infinite(part):
                raise module.diverged(f"{bad[0]} is no longer finite", player)
        path = getattr(Run.of(trainer), name)
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
        """The best so far, unless it was the best by another number."""
        if state.get("by", [self.monitor, self.sign]) == [self.monitor, self.sign]:
            self.best = state["best"]


def infinite(part: nn.Module) -> list[str]:
    """Names of the weights, averages and statistics that hold a number that is not finite; the device is asked once."""
    state = {name: held for name, held in part.state_dict().items() if isinstance(held, torch.Tensor)}
    if not state:
        return []
    finite = torch.stack([held.isfinite().all() for held in state.values()]).tolist()
    return [name for name, good in zip(state, finite, strict=True) if not good]


class EarlyStop(PeriodicCallback):
    """Ends the run when a logged number has not improved for `patience` images."""

    def __init__(self, every: int, monitor: str, mode: str, patience: int) -> None:
        super().__init__(every)
        self.monitor, self.sign, self.patience = monitor, {"min": 1.0, "max": -1.0}[mode], patience
        self.best, self.since, self.came = math.inf, 0, False

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        super().on_train_end(trainer, module)
        if not self.came and trainer.is_global_zero:
            print(f"no early stop: {never(self.monitor, module)}", file=sys.stderr)

    def run(self, trainer: Trainer, module: Module) -> None:
        images, value = module.latest.get(self.monitor, (0, 0.0))
        if images != module.images_seen:
            return
        self.came = True
        value *= self.sign
        if value < self.best:
            self.best, self.since = value, module.images_seen
        elif module.images_seen - self.since >= self.patience:
            trainer.should_stop = True

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "since": self.since, "by": [self.monitor, self.sign]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """How long ago it was best, unless it was the best by another number: then patience begins anew."""
        if state.get("by", [self.monitor, self.sign]) == [self.monitor, self.sign]:
            self.best, self.since = state["best"], state["since"]


def never(monitor: str, module: Module) -> str:
    """That a number which was to be followed did not come, and what did."""
    if monitor in module.latest:
        return f"{monitor} was logged only at other times: give both callbacks the same every"
    measured = [name for name in module.latest if name.startswith(("val/", "selection/"))]
    near = nearest(monitor, measured) if measured else "; callbacks=best_by_fd follows a measured distance"
    return f"{monitor} was never logged{near}"
