"""Importance of hyperparameters: functional ANOVA (fANOVA) of a search's finished trials."""

from typing import TYPE_CHECKING

from genarium.reports.fanova import LEAST, by_forests

if TYPE_CHECKING:
    from optuna import Study

TREES = 64


def importance(study: "Study", objective: int = 0) -> dict[str, tuple[float, float]]:
    """Share of the variance of an objective that each hyperparameter explains by itself, of what they explain so in
    all: mean and standard deviation over forests, largest first; empty where too few trials have finished, or all came
    to the same."""
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState

    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    values = [trial.values[objective] for trial in finished]
    if len(finished) < LEAST or len(set(values)) < 2:
        return {}
    target = None if len(study.directions) == 1 else (lambda trial: trial.values[objective])
    forest = lambda seed: FanovaImportanceEvaluator(n_trees=TREES, seed=seed)
    return by_forests(lambda seed: get_param_importances(study, evaluator=forest(seed), target=target))
