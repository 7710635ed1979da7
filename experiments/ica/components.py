"""Codes of held-out images as they are, whitened, whitened and turned at random, and by ICA: how independent they are,
and whether each has a factor of its own."""

import numpy as np
import torch

from genarium.config import compose
from genarium.evaluation.maps import codes_of, pixels_of
from genarium.metrics.independence import total_correlation_by_neighbors
from genarium.metrics.mig import mutual_information_gap
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.uses.ica import independent_components, turned, whitened
from genarium.uses.maps import principal_components

BINS = 20


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data, data.split_indices("val")


def changed(codes: np.ndarray, how: str, seed: int) -> np.ndarray:
    ways = {
        "raw": lambda: codes,
        "whitened": lambda: whitened(codes),
        "turned": lambda: turned(codes, seed),
        "ica": lambda: independent_components(codes, seed).codes,
    }
    return ways[how]()


def gap(codes: np.ndarray, how: str, seed: int, data, rows: np.ndarray) -> float:
    factors = {name: np.asarray(values)[rows] for name, values in data.packed.factors.items()}
    factors = {name: values for name, values in factors.items() if len(np.unique(values)) > 1}
    return mutual_information_gap(codes=changed(codes, how, seed), factors=factors, bins=BINS)["mig"]


def dependence(codes: np.ndarray, how: str, seed: int) -> float:
    return total_correlation_by_neighbors(changed(codes, how, seed))


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components of pixels as a code has numbers."""
    data, rows = opened(config)
    codes = principal_components(pixels_of(data, rows), config.model.latent_dim, seed)
    found = {"converged": float(independent_components(codes, seed).converged)}
    for how in ("raw", "whitened", "turned", "ica"):
        found |= {f"mig_{how}": gap(codes, how, seed, data, rows), f"tc_{how}": dependence(codes, how, seed)}
    return found


def encoded(run):
    """(codes, the run's seed, data, rows)."""
    config, model = compose.load(run.config), restore(run)
    data, rows = opened(config)
    with model.evaluating(0), torch.no_grad():
        return codes_of(model, data, rows), config.seed, data, rows


def mig_of(run, how: str) -> float:
    codes, seed, data, rows = encoded(run)
    return gap(codes, how, seed, data, rows)


def tc_of(run, how: str) -> float:
    codes, seed, *_ = encoded(run)
    return dependence(codes, how, seed)


def converged(run) -> float:
    codes, seed, *_ = encoded(run)
    return float(independent_components(codes, seed).converged)


def mig_raw(run) -> float:
    return mig_of(run, "raw")


def mig_whitened(run) -> float:
    return mig_of(run, "whitened")


def mig_turned(run) -> float:
    return mig_of(run, "turned")


def mig_ica(run) -> float:
    return mig_of(run, "ica")


def tc_raw(run) -> float:
    return tc_of(run, "raw")


def tc_whitened(run) -> float:
    return tc_of(run, "whitened")


def tc_turned(run) -> float:
    return tc_of(run, "turned")


def tc_ica(run) -> float:
    return tc_of(run, "ica")
