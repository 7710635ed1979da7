"""Samplers and pruners of a search, by their names in the field."""

from typing import TYPE_CHECKING

from genarium.studies.spec import Spec

if TYPE_CHECKING:
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler


def sampler_of(spec: Spec, begun: int) -> "BaseSampler":
    """Sampler of the next trial; `begun` trials came before it, so that several workers draw different points and one
    worker draws the same ones again.

    TPE: Bergstra et al. 2011, multivariate; GP: Gaussian process; CMA-ES: Hansen; QMC: scrambled Sobol points; NSGA-II:
    Deb et al. 2002. The points of a grid are waiting in the study.
    """
    import optuna

    seed = spec.first_seed * 100_003 + begun
    samplers = optuna.samplers
    if spec.algorithm == "tpe":
        return samplers.TPESampler(seed=seed, multivariate=True, group=True)
    if spec.algorithm == "gp":
        return samplers.GPSampler(seed=seed, warn_independent_sampling=False)
    if spec.algorithm == "cmaes":
        return samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)
    if spec.algorithm == "qmc":
        return samplers.QMCSampler(
            seed=spec.first_seed, scramble=True, warn_asynchronous_seeding=False, warn_independent_sampling=False
        )
    if spec.algorithm == "nsga2":
        return samplers.NSGAIISampler(seed=seed, population_size=min(50, max(4, spec.trials // 4)))
    return samplers.RandomSampler(seed=seed)


def pruner_of(spec: Spec) -> "BasePruner":
    """Hyperband: Li et al., arXiv:1603.06560, in images seen; median: Golovin et al. 2017; Wilcoxon's signed-rank test
    over the seeds of a trial."""
    from optuna import pruners

    if spec.pruner == "hyperband":
        return pruners.HyperbandPruner(min_resource=max(1, spec.budget // 10), max_resource=spec.budget)
    if spec.pruner == "median":
        return pruners.MedianPruner()
    return pruners.WilcoxonPruner() if spec.pruner == "wilcoxon" else pruners.NopPruner()
