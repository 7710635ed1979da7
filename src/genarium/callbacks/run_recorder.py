"""Callback that records a run in result.json: device, precision, parameters, speed, time, energy and status."""

import time
from datetime import UTC, datetime
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer

from genarium.callbacks.attached import callbacks, datamodule
from genarium.callbacks.checkpoints import Checkpoints
from genarium.callbacks.pruning import Pruning
from genarium.runs import environment
from genarium.runs.energy import EnergyMeter, counters
from genarium.runs.run import Run
from genarium.training.module import Module

LOOK = 60.0  # seconds between two looks at the energy counters, which begin anew within an hour


class RunRecorder(Callback):
    """Recorder of result.json, from the first batch to the last; seconds and joules add up over resumes."""

    def __init__(self) -> None:
        self.before, self.began, self.images_before = 0.0, 0.0, 0
        self.joules_before: float | None = 0.0
        self.meter, self.looked = EnergyMeter([]), 0.0

    def seconds(self) -> float:
        return self.before + time.monotonic() - self.began

    def joules(self) -> float | None:
        """Of all parts of the run, None where one of them was not told."""
        now = self.meter.joules()
        return None if now is None or self.joules_before is None else self.joules_before + now

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        self.began, self.images_before = time.monotonic(), module.images_seen
        if not trainer.is_global_zero:
            return
        here = trainer.num_nodes == 1  # those of other machines are not to be read
        self.meter, self.looked = EnergyMeter(counters(module.device, trainer.device_ids) if here else []), self.began
        count = lambda network: sum(weight.numel() for weight in network.parameters())
        Run.of(trainer).update_result(
            device=environment.device(module.device),
            devices=trainer.world_size,
            precision=str(trainer.precision),
            parameters={name: count(network) for name, network in module.networks().items()},
            threads=torch.get_num_threads(),
        )

    def on_train_batch_end(self, trainer: Trainer, module: Module, *args: object) -> None:
        if time.monotonic() - self.looked > LOOK:
            self.meter.joules()
            self.looked = time.monotonic()

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        if trainer.is_global_zero:
            pruned = any(isinstance(callback, Pruning) and callback.pruned for callback in callbacks(trainer))
            self.close(trainer, module, "pruned" if pruned else "finished")

    def on_exception(self, trainer: Trainer, module: Module, exception: BaseException) -> None:
        if trainer.is_global_zero and self.began:
            ended = isinstance(exception, KeyboardInterrupt | SystemExit)
            self.close(trainer, module, "interrupted" if ended else "failed")

    def close(self, trainer: Trainer, module: Module, status: str) -> None:
        run, elapsed, joules = Run.of(trainer), time.monotonic() - self.began, self.joules()
        run.update_result(
            status=status,
            ended=datetime.now(UTC).isoformat(timespec="seconds"),
            images_seen=module.images_seen,
            stopped_early=module.images_seen < datamodule(trainer).budget,
            seconds=round(self.seconds(), 3),
            images_per_second=round((module.images_seen - self.images_before) / elapsed, 1),
            energy_joules=None if joules is None else round(joules, 3),
            peak_memory=environment.peak_memory(module.device),
            best=next(
                (c.best | {"by": c.monitor} for c in callbacks(trainer) if isinstance(c, Checkpoints) and c.best), None
            ),
        )

    def state_dict(self) -> dict[str, Any]:
        return {"seconds": self.seconds(), "joules": self.joules()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.before, self.joules_before = state["seconds"], state.get("joules")
