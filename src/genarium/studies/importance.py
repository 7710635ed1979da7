"""Importance of hyperparameters: functional ANOVA (fANOVA) of a search's finished trials — Hutter et al., ICML 2014."""

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optuna import Study

FORESTS = 5
"""Random forests, each of another seed: their spread says how far an importance can be trusted."""
LEAST = 8
"""Finished trials below which nothing is said."""


def importance(study: "Study", objective: int = 0) -> dict[str, tuple[float, float]]:
    """Share of the variance of an objective that each hyperparameter explains, mean and standard deviation over
    forests, largest first; empty where too few trials have finished, or all came to the same."""
    from optuna.importance import FanovaImportanceEvaluator
    from optuna.trial import TrialState

    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    values = [trial.values[objective] for trial in finished]
    if len(finished) < LEAST or len(set(values)) < 2:
        return {}
    target = None if len(study.directions) == 1 else (lambda trial: trial.values[objective])
    found = [FanovaImportanceEvaluator(n_trees=64, seed=seed).evaluate(study, target=target) for seed in range(FORESTS)]
    return by_mean({key: [one[key] for one in found] for key in found[0]})


def by_mean(shares: dict[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """(mean, standard deviation) of each, largest mean first.

    >>> by_mean({"lr": [0.1, 0.3], "beta": [0.9, 0.7]})
    {'beta': (0.8, 0.1414213562373095), 'lr': (0.2, 0.1414213562373095)}
    """
    found = {key: (statistics.mean(ones), statistics.stdev(ones)) for key, ones in shares.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))
