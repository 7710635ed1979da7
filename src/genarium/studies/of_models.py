"""What studies found of a model: its first measure on the first data set, from the rows of their results."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from genarium.studies import experiments, results
from genarium.studies.shown import interval
from genarium.studies.study_file import Arm, Study
from genarium.studies.summary import Summary

MOST = 2
"""Studies that are told of one model."""


def found(model: str, within: Path) -> str:
    """`psnr 24.1 ± 0.2 (5 seeds, garden: latent_size/z8)`, of at most `MOST` studies; '' where none has run it."""
    return "; ".join(list(told(model, within))[:MOST])


def told(model: str, within: Path) -> Iterator[str]:
    for study, summary in summaries(within):
        arms = [arm for arm in study.arms.values() if arm.name in summary.arms and plays(arm, study, model)]
        if not arms or not summary.data:
            continue
        arm, measure = min(arms, key=lambda one: len(one.words)), next(iter(study.measures))
        cell = summary.cell(summary.data[0], arm.name, measure)
        if cell.interval is None:
            continue
        seeds = f"{len(cell.values)} seed{'s' * (len(cell.values) > 1)}"
        where = f"[{study.name}](../../experiments/{study.name})/{arm.name}"
        yield f"{measure} {interval(cell.interval)} ({seeds}, {summary.data[0]}: {where})"


def plays(arm: Arm, study: Study, model: str) -> bool:
    """Whether an arm trains that model: its last word on it counts."""
    named = [word for word in (*study.base, *arm.words) if word.startswith("model=")]
    return not arm.program and named[-1:] == [f"model={model}"]


@cache
def summaries(within: Path) -> list[tuple[Study, Summary]]:
    """Studies that have results."""
    read = [(study, results.read(study.folder)) for study in experiments.studies(within)]
    return [(study, Summary(study, rows)) for study, rows in read if rows]
