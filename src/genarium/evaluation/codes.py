"""Measures of codes: rate, active units, aggregate posterior, likelihood, disentanglement and probes."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from genarium.evaluation.contracts import SignalData
from genarium.evaluation.number_book import Measure
from genarium.evaluation.protocol import Subject, of_rows
from genarium.evaluation.reconstructions import CHUNK, evenly_spaced, images_of
from genarium.metrics.active_units import active_units, zero_inactive
from genarium.metrics.aggregate_posterior import aggregate_posterior
from genarium.metrics.beta_vae_score import beta_vae_score
from genarium.metrics.dci import dci
from genarium.metrics.factor_vae_score import factor_vae_score
from genarium.metrics.factors import Factors
from genarium.metrics.fixed_factor_groups import train_and_test_groups
from genarium.metrics.importance_weighted_likelihood import importance_weighted_log_likelihood
from genarium.metrics.mig import mutual_information_gap
from genarium.metrics.probes import Labeled, knn_accuracy, linear_probe
from genarium.metrics.result import Result
from genarium.metrics.sap import separated_attribute_predictability
from genarium.protocols import Encodes, HasPosterior, Infers, Weighs

DRAWN = 1000  # codes, at most, at which the density of the aggregate posterior is estimated
MOVES = 1e-3  # of the codes' standard deviation, where a model has no posterior that says which latents are active


@dataclass(frozen=True)
class Codes:
    """The codes of `rows`, each kind inferred once, when it is first asked for."""

    subject: Subject
    rows: np.ndarray
    metrics: Mapping[str, Mapping]

    def batches(self, rows: np.ndarray) -> Iterator[Tensor]:
        parts = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
        return (images_of(self.subject.images, part, self.subject.device) for part in parts)

    @property
    def images(self) -> Iterator[Tensor]:
        return self.batches(self.rows)

    @cached_property
    def posteriors(self) -> tuple[Tensor, Tensor]:
        """Mean and log variance, (N, Z) each."""
        model = self.subject.model
        assert isinstance(model, HasPosterior)
        found = [model.posterior(x).base_dist for x in self.images]
        mean, deviation = torch.cat([q.loc for q in found]), torch.cat([q.scale for q in found])
        return mean.cpu().double(), 2 * deviation.cpu().double().log()

    @cached_property
    def points(self) -> np.ndarray:
        """(N, Z)."""
        return self.encoded(self.images)

    def encoded(self, images: Iterable[Tensor]) -> np.ndarray:
        model = self.subject.model
        assert isinstance(model, Encodes)
        return torch.cat([model.encode(x).float().cpu() for x in images]).double().numpy()

    @cached_property
    def units(self) -> Tensor:
        """Which latents of the posterior use their input, (Z,) bool."""
        return active_units(mean=self.posteriors[0], threshold=self.metrics["codes"]["active_threshold"])

    @cached_property
    def active(self) -> np.ndarray:
        """Which latents carry anything, (Z,) bool: by their posteriors, where these are of the codes' latents (a
        conditional model's codes hold more), else those that move."""
        if isinstance(self.subject.model, HasPosterior):
            known = self.units.numpy()
            if len(known) == self.points.shape[1]:
                return known
        return self.points.std(0) > MOVES * np.sqrt(self.points.var(0).mean())


def measures(subject: Subject, rows: np.ndarray, metrics: Mapping[str, Mapping]) -> list[Measure]:
    """Measures of codes that the model and its data offer."""
    model, packed, codes = subject.model, subject.images.packed, Codes(subject, rows, metrics)
    found: list[Measure] = []
    if isinstance(model, Infers):
        found.append(Measure(("rate",), lambda: Result({"rate": mean_rate(model, codes.images)})))
    if isinstance(model, HasPosterior):
        found.append(
            Measure(
                ("active_units",),
                lambda: Result({"active_units": float(codes.units.sum())}),
                {"codes": metrics["codes"]},
            )
        )
        if model.aggregates:
            of = {"aggregate": {"posteriors": len(rows), "drawn": min(DRAWN, len(rows))}}
            found.append(
                Measure(("aggregate_kl", "total_correlation", "dimension_wise_kl"), lambda: aggregate(codes), of)
            )
    if isinstance(model, Weighs):
        gives, settings = ("negative_log_likelihood", "negative_elbo", "bits_per_dimension"), metrics["likelihood"]
        gives = gives[:2] if isinstance(subject.data, SignalData) else gives  # there are no 8 bits
        find = lambda: likelihood(model, codes.images, **settings).only(*gives)
        found.append(Measure(gives, find, {"likelihood": settings}, "likelihood"))
    if isinstance(model, Encodes) and packed.factors:
        found += measure_factors(codes, metrics)
    if isinstance(model, Encodes) and len(packed.classes) > 1:
        found += measure_labels(codes, metrics["probes"])
    return found


def mean_rate(model: Infers, batches: Iterable[Tensor]) -> float:
    """E_x KL(q(z|x) || p(z)), in nats per image."""
    return torch.cat([model.rate(x) for x in batches]).cpu().double().mean().item()


def aggregate(codes: Codes) -> Result:
    """KL of the aggregate posterior, at a code of each of some images."""
    mean, log_variance = codes.posteriors
    noise = torch.randn(mean.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(codes.subject.seed))
    z = mean + noise * (log_variance / 2).exp()
    return aggregate_posterior(z=evenly_spaced(z, DRAWN), mean=mean, log_variance=log_variance)


def likelihood(model: Weighs, batches: Iterable[Tensor], samples: int, chunk: int) -> Result:
    """-log p(x) in nats per image by importance sampling (Burda et al., arXiv:1509.00519, eq. 8), its ELBO, distortion
    and bits per dimension."""
    estimates, bounds = [], []
    for x in batches:
        weights = model.log_weights(x, samples, chunk).cpu().double()
        estimates.append(importance_weighted_log_likelihood(weights))
        bounds.append(weights.mean(0))
    log_p, elbo = torch.cat(estimates).mean().item(), torch.cat(bounds).mean().item()
    pixels = x[0].numel()
    bits = (-log_p / pixels - model.likelihood.log_bin_width) / math.log(2)
    return Result({"negative_log_likelihood": -log_p, "negative_elbo": -elbo, "bits_per_dimension": bits})


def measure_factors(codes: Codes, metrics: Mapping[str, Mapping]) -> list[Measure]:
    """Disentanglement scores, with their parts."""
    settings, seed, packed = metrics["factors"], codes.subject.seed, codes.subject.images.packed
    factors = {name: np.asarray(values)[codes.rows] for name, values in packed.factors.items()}
    sides = lambda: {"codes": zero_inactive(codes.points, codes.active), "factors": factors}
    chosen = lambda *names: {name: settings[name] for name in names}
    of = lambda *names: {"factors": chosen(*names), "codes": metrics["codes"]}
    scores = {
        ("mig",): (("bins",), lambda: mutual_information_gap(**sides(), **chosen("bins"))),
        ("sap",): ((), lambda: separated_attribute_predictability(**sides(), seed=seed)),
        ("dci_disentanglement", "dci_completeness", "dci_informativeness"): (
            ("trees",), lambda: dci(**sides(), **chosen("trees"), seed=seed)
        ),
        ("factor_vae_score", "beta_vae_score"): (
            ("bins", "groups", "size"),
            lambda: fixed_factor_scores(**sides(), **chosen("bins", "groups", "size"), active=codes.active, seed=seed),
        ),
    }  # fmt: skip
    return [Measure(gives, find, of(*names), "factors") for gives, (names, find) in scores.items()]


def fixed_factor_scores(*, codes: np.ndarray, factors: Factors, active: np.ndarray, **settings) -> Result:
    """FactorVAE and beta-VAE score on the same groups, trained on half of the images and tested on the rest."""
    train, test = train_and_test_groups(codes=codes, factors=factors, **settings)
    score = factor_vae_score(codes=codes, train=train, test=test, active=active)
    return score | beta_vae_score(codes=codes, train=train, test=test)


def measure_labels(codes: Codes, settings: Mapping) -> list[Measure]:
    """Accuracy of classes from codes: probes learn on training codes and are tested on these."""
    train = evenly_spaced(codes.subject.images.split_indices("train"), settings["train"])
    learned = Learned(codes, train)
    linear, near = {"inverse_regularization": settings["inverse_regularization"]}, {"k": settings["k"]}
    by = lambda chosen: {"probes": {**chosen, "trained_on": {"split": "train", **of_rows(train)}}}
    return [
        Measure(
            ("linear_probe_accuracy", "majority_class_accuracy"),
            lambda: linear_probe(**learned.sides, **linear),
            by(linear),
        ),
        Measure(("knn_accuracy",), lambda: knn_accuracy(**learned.sides, **near), by(near), "probes"),
    ]


@dataclass(frozen=True)
class Learned:
    """Training and test codes of probes, inferred once."""

    codes: Codes
    train: np.ndarray

    @cached_property
    def sides(self) -> dict[str, Labeled]:
        labels = np.asarray(self.codes.subject.images.packed.labels)
        points = self.codes.encoded(self.codes.batches(self.train))
        learned, tested = Labeled(points, labels[self.train]), Labeled(self.codes.points, labels[self.codes.rows])
        return {"train": learned, "test": tested}
