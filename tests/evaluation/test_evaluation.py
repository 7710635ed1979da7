"""The protocol: a number cannot exist without it, and does not move when it does not."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from genarium.commands.evaluate import main
from genarium.commands.evaluate_run import evaluate
from genarium.config import compose
from genarium.errors import UserError
from genarium.evaluation.number_book import NumberBook
from genarium.evaluation.protocol import digest, short
from genarium.evaluation.samplers import GaussianMixtureSampler, PriorSampler, StandardNormalSampler
from genarium.reports.markdown import tables
from genarium.runs.run import Run
from small import small_run

FD = "fd/efficientnet_lite0/32_train"
QUICK = ["evaluation=quick", "evaluation.num_samples=32", "evaluation.metrics.inception_score.splits=2", "device=cpu"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("runs")
    return {model: small_run(model, folder / model, "data.count=640") for model in ("ae", "vae", "dcgan")}


def measure(run: Run, *overrides: str) -> NumberBook:
    return evaluate(run, compose.composed([f"run={run.folder}", *QUICK, *overrides], "evaluate"))


@pytest.fixture(scope="module")
def measured(runs, cache) -> dict[str, tuple[NumberBook, set[Path]]]:
    """What each run was found to be, measured once, and the features that the cache held then."""
    return {model: (measure(run), features(cache)) for model, run in runs.items()}


@pytest.fixture(scope="module")
def books(measured) -> dict[str, NumberBook]:
    return {model: book for model, (book, _) in measured.items()}


def features(cache: Path) -> set[Path]:
    return set((cache / "features").glob("*.npz"))


def test_every_number_stands_beside_its_protocol(runs, books):
    for run in runs.values():
        result = run.result()
        assert result["numbers"]
        for name, entry in result["numbers"].items():
            terms = result["protocols"][entry["protocol"]]
            assert digest(terms) == entry["protocol"], name
            assert np.isfinite(entry["value"]), name
            assert entry["images"] == 640
            assert {"data", "content", "split", "real", "resolution", "weights", "seed", "versions"} <= set(terms)
        measure_samples = result["protocols"][result["numbers"][FD]["protocol"]]
        assert len(measure_samples["extractor"]["weights_sha256"]) == 64
        assert measure_samples["generated"] == measure_samples["real"] == 32


def test_models_are_measured_by_what_they_can_do(books):
    names = {model: {name.split("/")[0] for name in book.numbers} for model, book in books.items()}
    samples = {"fd", "kd", "kd_std", "precision", "recall", "density", "coverage", "class_score"}
    assert all(samples <= found for found in names.values())
    assert {"psnr", "ssim", "mig", "linear_probe_accuracy"} <= names["ae"] & names["vae"]
    assert "psnr" not in names["dcgan"] and "rate" not in names["ae"]
    assert {"rate", "active_units", "total_correlation", "aggregate_kl"} <= names["vae"]


def test_the_same_protocol_gives_the_same_numbers_and_another_seed_others(runs, books):
    a, b, c = books["vae"], measure(runs["vae"]), measure(runs["vae"], "evaluation.seed=2")
    assert a.numbers == b.numbers
    assert a.protocols.keys().isdisjoint(c.protocols)
    assert a.numbers[FD]["value"] != c.numbers[FD]["value"]


def test_an_autoencoder_generates_through_a_fitted_density_and_says_so(runs, books):
    measure(runs["ae"], "sampler=gmm", "sampler.components=2", "evaluation.measures=[samples]")
    result = runs["ae"].result()
    of = lambda name: result["protocols"][result["numbers"][name]["protocol"]]["sampler"]
    assert re.fullmatch(r"gaussian fitted to 512 codes of train \(\w{10}\), seed 0, floor 1e-06", of(FD))
    assert of(f"{FD}/gmm2").startswith("gmm2 fitted to 512 codes of train (")
    with pytest.raises(UserError, match="sampler=gaussian"):
        measure(runs["ae"], "sampler=prior")
    with pytest.raises(UserError, match="sampler=prior"):
        measure(runs["dcgan"], "sampler=gaussian")


def test_distances_by_sampler_stand_side_by_side_and_nothing_else_is_measured_again(runs, books):
    whole = books["ae"]
    chosen = [
        measure(runs["ae"], f"sampler={name}", "evaluation.measures=[samples]") for name in ("gmm", "standard_normal")
    ]
    names = {name for book in chosen for name in book.numbers}
    assert names.isdisjoint(whole.numbers) and {f"{FD}/gmm10", f"{FD}/standard_normal"} <= names
    assert not [name for name in names if name.endswith("/val")]
    kept = runs["ae"].result()["numbers"]
    assert len({kept[name]["value"] for name in (FD, f"{FD}/gmm10", f"{FD}/standard_normal")}) == 3
    text = tables([runs["ae"]], "")
    assert f"| {FD} |" in text and f"| {FD}/gmm10 |" in text
    with pytest.raises(UserError, match="no decoder of codes"):
        StandardNormalSampler().fit(object(), [])


def test_a_part_is_measured_alone_as_among_the_others(runs, books):
    whole, codes = books["vae"], measure(runs["vae"], "evaluation.measures=[codes]")
    assert "rate/val" in codes.numbers and "psnr/val" not in codes.numbers
    assert {name: whole.numbers[name] for name in codes.numbers} == codes.numbers


def test_parts_that_cannot_be_measured_are_named(runs):
    with pytest.raises(UserError, match="no 'sample'; did you mean samples"):
        measure(runs["vae"], "evaluation.measures=[sample]")
    with pytest.raises(UserError, match="asks for samples, which need an extractor"):
        measure(runs["vae"], "evaluation.measures=[samples]", "evaluation.extractor=null")
    with pytest.raises(UserError, match=r"offer nothing of evaluation\.measures: reconstructions"):
        measure(runs["dcgan"], "evaluation.measures=[reconstructions]")


def test_averaged_weights_are_what_is_evaluated_and_the_protocol_says_so(books):
    of = lambda book: {terms["weights"] for terms in book.protocols.values()}
    assert of(books["dcgan"]) == {"averaged"}
    assert of(books["vae"]) == {"raw"}


def test_evaluating_twice_keeps_numbers_of_other_protocols(runs, books):
    run = runs["dcgan"]
    measure(run, "evaluation.num_samples=16")
    numbers = run.result()["numbers"]
    assert {FD, "fd/efficientnet_lite0/16_train"} <= set(numbers)
    assert {entry["protocol"] for entry in numbers.values()} == set(run.result()["protocols"])


def test_every_run_of_a_folder_is_measured_and_one_that_cannot_be_is_named(runs, tmp_path, capsys):
    for name in ("a", "b"):
        shutil.copytree(runs["vae"].folder, tmp_path / name)
    (tmp_path / "a" / "checkpoints" / "last.ckpt").unlink()
    with pytest.raises(UserError, match=rf"1 of 2 runs were not measured: {re.escape(str(tmp_path))}/a$"):
        main([f"run={tmp_path}", *QUICK, "evaluation.measures=[reconstructions]"])
    assert "psnr/val" in Run(tmp_path / "b").result()["numbers"]
    assert "last.ckpt" in capsys.readouterr().err


def test_real_features_are_cached_by_content_and_a_changed_setting_misses_the_cache(runs, measured, cache):
    after_one, after_two, after_three = (files for _, files in measured.values())
    assert after_one == after_two == after_three
    before = features(cache)
    measure(runs["vae"], "evaluation.measures=[samples]", "evaluation.num_samples=24")
    assert len(features(cache)) > len(before)


def test_a_fitted_gaussian_has_the_codes_mean_and_covariance():
    class Identity(torch.nn.Module):
        latent_dim = 2

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        encode = decode = staticmethod(lambda x: x)

    torch.manual_seed(0)
    codes = torch.randn(4000, 2) @ torch.tensor([[2.0, 0.0], [1.0, 0.5]]) + torch.tensor([3.0, -1.0])
    sampler = GaussianMixtureSampler(components=1, seed=0)
    sampler.fit(Identity(), [codes])
    drawn = torch.cat(list(sampler.chunks(Identity(), 4000, torch.Generator().manual_seed(0))))
    assert torch.allclose(drawn.mean(0), codes.mean(0), atol=0.1)
    assert torch.allclose(drawn.T.cov(), codes.T.cov(), atol=0.3)
    with pytest.raises(UserError, match="too few"):
        sampler.fit(Identity(), [codes[:2]])
    with pytest.raises(UserError, match="no prior"):
        PriorSampler().fit(object(), [])


def test_a_checkpoint_is_chosen_on_another_seed_than_the_reported_one(tmp_path):
    words = ["callbacks=best_by_fd", "callbacks.evaluate.evaluation.num_samples=16", "data.count=640"]
    words += ["callbacks.evaluate.evaluation.metrics.inception_score.splits=2", "callbacks.evaluate.every=320"]
    run = small_run(
        "dcgan", tmp_path / "run", *words, "callbacks.checkpoints.monitor=selection/fd/efficientnet_lite0/16_train"
    )
    values = [value for _, name, value in run.rows() if name == "selection/fd/efficientnet_lite0/16_train"]
    assert len(values) == 2
    assert run.result()["best"]["value"] == min(values)
    assert run.best.exists()
    config = compose.load(run.config)
    assert config.callbacks.evaluate.evaluation.seed != compose.composed(["run=x"], "evaluate").evaluation.seed
    book = measure(run, "checkpoint=best")
    assert {entry["images"] for entry in book.numbers.values()} == {run.result()["best"]["images"]}


def test_without_inceptions_weights_the_error_names_the_file_and_the_way_out(runs, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("genarium.evaluation.weights.DOWNLOAD", False, raising=False)
    with pytest.raises(UserError, match=r"weights-inception.*evaluation=offline"):
        evaluate(runs["vae"], compose.composed([f"run={runs['vae'].folder}", "device=cpu"], "evaluate"))


def test_counts_are_named_as_people_say_them():
    assert [short(count) for count in (500, 1000, 2048, 10_000)] == ["500", "1k", "2048", "10k"]
    assert digest({"a": 1, "b": 2}) == digest(json.loads('{"b": 2, "a": 1}')) != digest({"a": 1, "b": 3})
