"""State of every random number generator, as tensors and plain values, so that a checkpoint holds no code."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def state() -> dict[str, object]:
    """State of torch, this process's GPU, numpy and Python; the same in all processes that share a batch."""
    name, keys, *rest = np.random.get_state(legacy=True)  # noqa: NPY002 (the global generator is what is saved)
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state() if torch.cuda.is_available() else None,
        "mps": torch.mps.get_rng_state() if torch.backends.mps.is_available() else None,
        "numpy": [name, torch.from_numpy(np.asarray(keys).astype(np.int64)), *rest],
        "python": random.getstate(),
    }


def restore(saved: dict) -> None:
    """Restore a saved state; that of a GPU which this machine lacks is skipped."""
    torch.set_rng_state(saved["torch"].cpu())
    if saved["cuda"] is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(saved["cuda"].cpu())
    if saved["mps"] is not None and torch.backends.mps.is_available():
        torch.mps.set_rng_state(saved["mps"].cpu())
    name, keys, *rest = saved["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    version, numbers, gauss = saved["python"]
    random.setstate((version, tuple(numbers), gauss))


@contextmanager
def isolated(seed: int) -> Iterator[None]:
    """Seeds torch on every device inside the block, and restores all generators afterwards."""
    before = state()
    torch.manual_seed(seed)
    try:
        yield
    finally:
        restore(before)
