"""A sweep logged to W&B offline, and measured afterwards: what W&B's own inspector reads of it."""

from collections.abc import Sequence

import pytest
import wandb

from genarium.commands import evaluate, train
from genarium.runs.run import Run, find_runs
from small import SMALL, tiny
from wandb_records import records_of

SWEPT = ["-m", "model=vae", "seed=0,1", *SMALL, *tiny("vae"), "total_images=64", "logger=wandb", "group=swept"]
MEASURED = ["evaluation=offline", "evaluation.num_samples=24", "evaluation.measures=[samples]"]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Sequence[Run]:
    """Two short VAEs of one sweep, then measured."""
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("WANDB_MODE", "offline")
        wandb.teardown()
        train.main([*SWEPT, "hydra/launcher=basic"])
        evaluate.main([str(folder / "runs/swept"), *MEASURED])
    return find_runs([folder / "runs"])


def records(run: Run, kind: str) -> list[dict]:
    logs = sorted((run.folder / "wandb").glob("offline-run-*/*.wandb"))
    assert len(logs) == 2  # the training and the evaluation
    return [record for log in logs for record in records_of(log, kind)]


def test_runs_of_a_sweep_are_a_group_and_each_is_one_run_with_its_evaluation(sweep):
    assert len(sweep) == 2
    begun = [records(run, "run") for run in sweep]
    assert {part["run_group"] for parts in begun for part in parts} == {"swept"}
    identities = [{part["run_id"] for part in parts} for parts in begun]
    assert [len(found) for found in identities] == [1, 1] and identities[0] != identities[1]


def test_history_holds_kl_terms_sample_pictures_and_fd_and_kd_as_they_were_measured(sweep):
    for run in sweep:
        sent = {name: value for record in records(run, "history") for name, value in record["item"].items()}
        assert {"train/rate", "val/rate"} <= sent.keys()
        assert sent["val/rate"] == pytest.approx(run.latest()["val/rate"])
        assert {"pictures/samples._type", "evaluation/samples._type"} <= sent.keys()
        numbers = run.result()["numbers"]
        assert {name.partition("/")[0] for name in numbers} >= {"fd", "kd"}
        for name, entry in numbers.items():
            if name.startswith(("fd/", "kd/")):
                assert sent[f"evaluation/{name}"] == pytest.approx(entry["value"])
