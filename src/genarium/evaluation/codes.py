"""Numbers of codes: what a latent knows, how much it costs, and how well it fits the prior."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.evaluation.reconstructions import CHUNK, images_of, some
from genarium.metrics.aggregate import aggregate_posterior
from genarium.metrics.codes import active_units, importance_weighted_log_likelihood
from genarium.metrics.disentanglement import (
    dci,
    mutual_information_gap,
    separated_attribute_predictability,
    silenced,
)
from genarium.metrics.interventions import intervention_scores
from genarium.metrics.probes import Labelled, linear_probe, neighbour_probe
from genarium.metrics.result import Result
from genarium.protocols import Encodes, HasPosterior, Infers, Weighs

DRAWN = 1000  # codes, at most, at which the density of the aggregate posterior is estimated
Found = Iterator[tuple[Result, dict[str, object]]]


def measure(model, data, rows: np.ndarray, metrics: Mapping[str, Mapping], seed: int) -> Found:
    """Results with the settings that they depend on, for each thing that the model and the data offer."""
    if not isinstance(model, (Infers, Weighs, Encodes)):
        return
    device = next(model.parameters()).device
    batches = [images_of(data, rows[start : start + CHUNK], device) for start in range(0, len(rows), CHUNK)]
    active = None
    if isinstance(model, HasPosterior):
        found, active = of_posterior(model, batches, metrics["codes"])
        yield found, {"codes": metrics["codes"]}
    elif isinstance(model, Infers):
        yield Result({"rate": mean_rate(model, batches)}), {"codes": metrics["codes"]}
    if isinstance(model, Weighs):
        yield likelihood(model, batches, **metrics["likelihood"]), {"likelihood": metrics["likelihood"]}
    if not isinstance(model, Encodes):
        return
    z = torch.cat([model.encode(x).float().cpu() for x in batches]).double().numpy()
    if data.packed.factors:
        factors = {name: np.asarray(values)[rows] for name, values in data.packed.factors.items()}
        fits = active is not None and len(active) == z.shape[1]  # a conditional model's codes hold more than latents
        known = active if fits else z.std(0) > 1e-3 * np.sqrt(z.var(0).mean())
        yield of_factors(z, factors, known, metrics["factors"], seed), {"factors": metrics["factors"]}
    if len(data.packed.classes) > 1:
        yield of_labels(model, data, z, rows, metrics["probes"], seed), {"probes": metrics["probes"]}


def of_posterior(model: HasPosterior, batches: list[Tensor], settings: Mapping) -> tuple[Result, np.ndarray]:
    """Rate and distortion of the aggregate posterior; and which latents are active, (Z,) bool."""
    found = [model.posterior(x).base_dist for x in batches]
    mean = torch.cat([q.loc for q in found]).double().cpu()
    log_variance = 2 * torch.cat([q.scale for q in found]).double().cpu().log()
    z = mean + torch.randn(mean.shape, dtype=torch.float64) * (log_variance / 2).exp()
    active = active_units(mean=mean, threshold=settings["active_threshold"])
    numbers = Result({"rate": mean_rate(model, batches), "active_units": float(active.sum())})
    if model.aggregates:
        drawn = some(z, DRAWN)
        numbers |= aggregate_posterior(z=drawn, mean=mean, log_variance=log_variance)
    return numbers, active.numpy()


def mean_rate(model: Infers, batches: list[Tensor]) -> float:
    """E_x KL(q(z|x) || p(z)), in nats per image."""
    return torch.cat([model.rate(x) for x in batches]).double().mean().item()


def likelihood(model: Weighs, batches: list[Tensor], samples: int, chunk: int) -> Result:
    """-log p(x) in nats per image by importance sampling (Burda et al., arXiv:1509.00519, eq. 8), its ELBO, distortion
    and bits per dimension."""
    estimates, bounds = [], []
    for x in batches:
        weights = model.log_weights(x, samples, chunk).double()
        estimates.append(importance_weighted_log_likelihood(weights))
        bounds.append(weights.mean(0))
    log_p, elbo = torch.cat(estimates).mean().item(), torch.cat(bounds).mean().item()
    pixels = batches[0][0].numel()
    bits = (-log_p / pixels - model.likelihood.log_bin_width) / math.log(2)
    return Result({"negative_log_likelihood": -log_p, "negative_elbo": -elbo, "bits_per_dimension": bits})


def of_factors(z: np.ndarray, factors: dict, active: np.ndarray, settings: Mapping, seed: int) -> Result:
    """Disentanglement scores, with their parts."""
    bins, z = settings["bins"], silenced(z, active)
    whole = mutual_information_gap(codes=z, factors=factors, bins=bins)
    whole |= separated_attribute_predictability(codes=z, factors=factors, seed=seed)
    whole |= dci(codes=z, factors=factors, trees=settings["trees"], seed=seed)
    groups = {name: settings[name] for name in ("groups", "size")}
    try:
        whole |= intervention_scores(codes=z, factors=factors, bins=bins, active=active, seed=seed, **groups)
    except UserError as error:  # too few images of some factor's value: the other scores stand, and say so
        whole |= Result({}, (f"no FactorVAE and beta-VAE score: {error}",))
    return whole


def of_labels(model: Encodes, data, z: np.ndarray, rows: np.ndarray, settings: Mapping, seed: int) -> Result:
    """Accuracy of classes from codes: probes learn on training codes and are tested on these."""
    train = some(data.split_indices("train"), settings["train"])
    device = next(model.parameters()).device
    chunks = [train[start : start + CHUNK] for start in range(0, len(train), CHUNK)]
    codes = torch.cat([model.encode(images_of(data, part, device)).float().cpu() for part in chunks]).double().numpy()
    labels = np.asarray(data.packed.labels)
    sides = {"train": Labelled(codes, labels[train]), "test": Labelled(z, labels[rows])}
    linear = linear_probe(**sides, inverse_regularisation=settings["inverse_regularisation"])
    return linear | neighbour_probe(**sides, k=settings["k"])
