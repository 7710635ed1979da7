"""Genarium: every classic autoencoder, VAE and GAN under one protocol."""

import importlib
import os
from typing import TYPE_CHECKING, Any

# Threads that wait for one another by sleeping, not by spinning: on a shared machine, training on all cores was twice
# as fast so. It must be said before torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# torch's own remarks on what a strategy might do without are for its developers
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")

__all__ = ["evaluate", "load", "sample", "train"]

if TYPE_CHECKING:
    from genarium.api import evaluate, load, sample, train


def __getattr__(name: str) -> Any:
    """`genarium.train` and the like, imported when first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'genarium' has no attribute '{name}'")
    return getattr(importlib.import_module("genarium.api"), name)
