"""How many workers a sweep takes, and the environment of each: cores of a CPU, or GPUs."""

import os

import psutil
from omegaconf import DictConfig

MEMORY = 2 * 2**30
"""Bytes of free memory that one worker more asks for."""


def crew_environments(trainer: DictConfig, workers: int | None, jobs: int) -> list[dict[str, str]]:
    """Environment of each of `workers`. Where None are asked for: on a CPU as many as cores, one thread each, on GPUs
    one a device; runs over several devices are trained in turn."""
    gpus = visible_gpus() if trainer.accelerator in ("auto", "gpu", "cuda") else []
    if trainer.devices not in (1, "1", "auto") or trainer.num_nodes > 1:
        most = 1
    else:
        most = len(gpus) or min(cores(), max(1, psutil.virtual_memory().available // MEMORY))
    count = max(1, min(jobs, workers or most))
    if gpus and most > 1:
        return [{"CUDA_VISIBLE_DEVICES": gpus[number % len(gpus)]} for number in range(count)]
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, cores() // count))
    return [{"OMP_NUM_THREADS": threads}] * count


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def visible_gpus() -> list[str]:
    """What CUDA_VISIBLE_DEVICES would be to see each GPU alone."""
    import torch

    named = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    return named or [str(number) for number in range(torch.cuda.device_count())]
