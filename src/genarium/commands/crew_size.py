"""How many workers a sweep takes, and the environment of each: cores of a CPU, or GPUs."""

import os
from typing import Any

import psutil
from omegaconf import DictConfig

from genarium.config.rules import shown
from genarium.errors import UserError
from genarium.studies.launchers import is_cluster

MEMORY = 2 * 2**30
"""Bytes of free memory that one worker more asks for."""
ON_A_CLUSTER = 8
"""Workers that a cluster is asked for where nobody says how many."""


def environments_of(
    trainer: DictConfig, workers: Any, runs_per_device: int, jobs: int, launcher: str
) -> tuple[int, list[dict[str, str]]]:
    """(number of workers, the environment of each; none where a cluster shares itself out). Where `workers` is auto: on
    a CPU as many as cores, one thread each, on GPUs `runs_per_device` a device; runs over several devices are trained
    in turn."""
    check_workers(workers)
    asked = None if workers == "auto" else workers
    if is_cluster(launcher):
        return min(jobs, asked or ON_A_CLUSTER), []
    gpus = visible_gpus() if trainer.accelerator in ("auto", "gpu", "cuda") else []
    if trainer.devices not in (1, "1", "auto") or trainer.num_nodes > 1 or launcher == "basic":
        most = 1
    else:
        most = len(gpus) * runs_per_device or min(cores(), max(1, psutil.virtual_memory().available // MEMORY))
    count = max(1, min(jobs, most if launcher == "basic" else asked or most))
    if gpus and most > 1:
        return count, [{"CUDA_VISIBLE_DEVICES": gpus[number % len(gpus)]} for number in range(count)]
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, cores() // count))
    return count, [{"OMP_NUM_THREADS": threads}] * count


def check_workers(workers: Any) -> None:
    """UserError for a number of workers that there cannot be."""
    if workers != "auto" and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise UserError(f"workers={shown(workers)}: must be auto or a whole number, 1 or more")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def visible_gpus() -> list[str]:
    """What CUDA_VISIBLE_DEVICES would be to see each GPU alone."""
    import torch

    named = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    return named or [str(number) for number in range(torch.cuda.device_count())]
