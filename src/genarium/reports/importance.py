"""fANOVA (Hutter et al., 2014): the share of a measure's variance over runs that each setting explains, by Optuna."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from genarium.reports.fanova import LEAST, by_forests
from genarium.reports.run_record import RunRecord
from genarium.reports.table import is_followed, last_finite

TREES, DEPTH = 8, 16  # each forest on another bootstrap sample of the runs
MOST = 128  # runs of a sample: the time grows with them
SETTINGS, MEASURES, VALUES = 12, 6, 40  # of so many at most, those that differ most often; texts of so many values
LOG = 20  # a positive setting whose largest value is so many times the least is seen on a logarithm


def importance(records: Sequence[RunRecord], columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """{measures: [{name, settings: [{name, mean, spread}], runs}], note}: of evaluated numbers with a better side and
    of those that a search follows; no measure, and a note why, where fewer than 8 finished runs differ or Optuna is not
    installed."""
    finished = [index for index, record in enumerate(records) if record.status == "finished"]
    settings = [one for one in columns if one["kind"] == "setting" and one["shown"] and "values" in one]
    settings = [one for one in settings if 1 < len({str(one["values"][i]) for i in finished}) <= _most(one)]
    points = {tuple(str(one["values"][index]) for one in settings) for index in finished}
    if not settings or len(points) < LEAST:
        return {"measures": [], "note": f"Importance needs {LEAST} finished runs that differ; here are {_few(points)}."}
    try:
        import optuna  # a second: only where it is asked
    except ImportError:
        return {"measures": [], "note": "Importance needs Optuna: pip install optuna."}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    measures = [one for one in columns if one["kind"] == "number" and one["better"] != "neither"]
    measures += [_followed(one["name"], records) for one in columns if is_followed(one["name"])]
    found = [_measured(one, settings[:SETTINGS], finished) for one in measures[:MEASURES]]
    kept = [one for one in found if one]
    return {"measures": kept, "note": "" if kept else f"Importance needs a number that {LEAST} finished runs share."}


def _followed(name: str, records: Sequence[RunRecord]) -> dict[str, Any]:
    """What a search follows, as a measure: the last value that each run logged."""
    return {"name": name, "values": [last_finite(record, name) for record in records]}


def _few(points: set) -> str:
    return str(len(points)) if len(points) > 1 else "none"


def _most(setting: dict[str, Any]) -> float:
    return math.inf if setting["numeric"] else VALUES


def _measured(
    measure: dict[str, Any], settings: Sequence[dict[str, Any]], runs: Sequence[int]
) -> dict[str, Any] | None:
    """Importances of `settings` for one measure; None where too few runs have it or it is always the same."""
    values = measure.get("values") or [measure["same"]] * (max(runs) + 1)
    known = [index for index in runs if isinstance(values[index], int | float)]
    if len(known) < LEAST or len({values[index] for index in known}) < 2:
        return None
    points = [(index, values[index]) for index in known]
    found = by_forests(lambda seed: _forest(seed, points, settings))
    table = [{"name": name, "mean": round(mean, 4), "spread": round(sd, 4)} for name, (mean, sd) in found.items()]
    return {"name": measure["name"], "settings": table, "runs": len(known)}


def _forest(seed: int, points: Sequence[tuple[int, float]], settings: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Share of each setting by one forest, on a bootstrap sample of `points`."""
    import optuna

    chosen = np.random.default_rng(seed).integers(len(points), size=min(MOST, len(points)))
    sample = [points[index] for index in chosen]
    spaces = {one["name"]: _space(one, [index for index, _ in points]) for one in settings}
    study = optuna.create_study()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of experimental parts of Optuna
        for index, value in sample:
            params = {one["name"]: _value(one, one["values"][index]) for one in settings}
            study.add_trial(optuna.create_trial(params=params, distributions=spaces, value=float(value)))
        evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, max_depth=DEPTH, seed=seed)
        return optuna.importance.get_param_importances(study, evaluator=evaluator)


def _space(setting: dict[str, Any], indexes: Sequence[int]) -> Any:
    """The setting's range: of texts, missing values and seeds the set of them."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    values = [setting["values"][index] for index in indexes]
    if not _is_number(setting):
        return CategoricalDistribution(sorted({str(value) for value in values}))
    low, high = float(min(values)), float(max(values))
    return FloatDistribution(low, high, log=low > 0 and high / low >= LOG)


def _is_number(setting: dict[str, Any]) -> bool:
    """Whether a setting is one on a line; a seed is a name, and a missing value is none."""
    return setting["numeric"] and "seed" not in setting and not any(v is None for v in setting["values"])


def _value(setting: dict[str, Any], value: Any) -> Any:
    return float(value) if _is_number(setting) else str(value)
