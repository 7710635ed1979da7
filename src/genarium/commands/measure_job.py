"""One job of a study measured: its row in results.csv."""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import torch
from omegaconf import OmegaConf

from genarium.commands.evaluate import configuration
from genarium.commands.evaluate_run import device, evaluate
from genarium.config import compose
from genarium.errors import UserError
from genarium.runs import environment
from genarium.studies.measure import Quantity
from genarium.studies.plan import PlannedJob
from genarium.studies.results import FAILED, FINISHED, JobRow

Protocols = dict[str, Any]


def failed(job: PlannedJob, error: str, measured: str) -> JobRow:
    return row(job, FAILED, error, job.run.result() if job.run.record.exists() else {}, measured)


def of_run(job: PlannedJob, measures: Mapping[str, Quantity], measured: str) -> tuple[JobRow, Protocols]:
    """Measures of a finished run, by one evaluation for all that share its words."""
    values, terms, missing = evaluated(job, measures)
    for name, one in measures.items():
        try:
            if one.program:
                values[name] = float(one.program.load()(job.run))
            elif one.kind != "number":
                values[name] = one.of_run(job.run)
        except UserError as error:
            missing.append(str(error))
    return row(job, FINISHED, "; ".join(missing), job.run.result(), measured, values, terms), terms


def evaluated(job: PlannedJob, measures: Mapping[str, Quantity]) -> tuple[dict[str, float], Protocols, list[str]]:
    """(values and protocols by measure, a sentence for each that cannot be had)."""
    values: dict[str, float] = {}
    terms: Protocols = {}
    missing: list[str] = []
    numbers = {name: one for name, one in measures.items() if one.kind == "number"}
    for words in dict.fromkeys(one.words for one in numbers.values()):
        config = configuration(list(words))
        config.device = device(config.device)
        mine = {name: one for name, one in numbers.items() if one.words == words}
        try:
            book = evaluate(job.run, config)
        except UserError as error:
            missing.append(f"{', '.join(mine)}: {error}")
            continue
        for name, one in mine.items():
            if found := one.among(book.numbers):
                values[name] = one.of_number(book.numbers[found]["value"])
                terms[name] = {"number": found} | book.protocols[book.numbers[found]["protocol"]]
            else:
                why = one.among(book.left_out)
                missing.append(f"{name}: {book.left_out[why] if why else 'the evaluation gives no such number'}")
    return values, terms, missing


def of_program(job: PlannedJob, measures: Mapping[str, Quantity], measured: str) -> tuple[JobRow, Protocols]:
    """An arm that trains nothing: its program is given the configuration and the seed, and returns the measures."""
    assert job.arm.program
    config, began = compose.composed(job.words), time.monotonic()
    OmegaConf.resolve(config)
    found = job.arm.program.load()(config, job.seed)
    values = {name: float(found[name]) for name in measures if name in found}
    terms = {name: {"program": job.arm.program.identity} for name in values}
    result = {
        "seconds": time.monotonic() - began,
        "device": environment.device(torch.device("cpu")),
        "git": environment.git(),
    }
    return row(job, FINISHED, "", result, measured, values, terms), terms


def row(
    job: PlannedJob, status: str, error: str, result: Mapping[str, Any], measured: str,
    values: Mapping[str, float] | None = None, terms: Protocols | None = None,
) -> JobRow:  # fmt: skip
    git = result.get("git") or {}
    return JobRow(
        job.data, job.arm.name, job.seed, job.key, status, error,
        round(float(result.get("seconds") or 0), 1), str(result.get("device") or ""),
        str(git.get("commit", ""))[:10], datetime.now(UTC).date().isoformat(), measured,
        hashlib.sha256(json.dumps(terms, sort_keys=True, default=str).encode()).hexdigest()[:10] if terms else "",
        values or {},
    )  # fmt: skip
