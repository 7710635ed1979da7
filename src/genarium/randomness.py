"""The state of every random number generator, as tensors and plain values, so that a checkpoint carries no code."""

import random

import numpy as np
import torch


def state() -> dict[str, object]:
    """Of torch, every GPU, numpy and Python."""
    name, keys, *rest = np.random.get_state()  # noqa: NPY002 (the global generator is what is saved)
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "numpy": [name, torch.from_numpy(keys.astype(np.int64)), *rest],
        "python": random.getstate(),
    }


def restore(saved: dict) -> None:
    """Undo what was drawn since `state`; GPUs that are not here any more are passed over."""
    torch.set_rng_state(saved["torch"].cpu())
    for device, generator in zip(range(torch.cuda.device_count()), saved["cuda"], strict=False):
        torch.cuda.set_rng_state(generator.cpu(), device)
    name, keys, *rest = saved["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    version, numbers, gauss = saved["python"]
    random.setstate((version, tuple(numbers), gauss))
