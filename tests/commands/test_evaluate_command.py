"""What one types to measure runs: which runs, on which device, and where their data lie now."""

import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.commands import evaluate
from genarium.commands.evaluate_run import device, selected_on
from genarium.config import compose
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.build import built
from genarium.training.fit import train
from small import SMALL, small_run, tiny

QUICK = [
    "evaluation=quick",
    "evaluation.measures=[reconstructions]",
    "evaluation.extractor=null",
    "evaluation.num_samples=8",
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    run = small_run("ae", folder / "a", images=64)
    shutil.copytree(run.folder, folder / "b=2")
    return folder


@pytest.mark.parametrize(
    "words", [["{}/a"], ["run={}/a"], ["{}/a", "{}/b=2"], ["run={}/a,{}/b=2"], ["{}"], ["run={}/b=2"], ["{}/b=2"]]
)
def test_runs_are_named_by_their_folders_with_or_without_a_key(words, runs, capsys):
    named = evaluate.read([word.format(*[runs] * 2) for word in words])
    wanted = {"a", "b=2"} if "{}" in words or len(words) > 1 or "," in words[0] else {words[0].rpartition("/")[2]}
    evaluate.main([*(word.format(*[runs] * 2) for word in words), *QUICK])
    told = capsys.readouterr()
    assert {line.split()[1].rstrip(":") for line in told.err.splitlines() if line.startswith("evaluated")} == wanted
    assert "psnr/val" in told.out and not named.places
    assert all("psnr/val" in Run(runs / name).result()["numbers"] for name in wanted)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say which run"),
        (["{}/nowhere"], "nowhere"),
        (["{}/a", "evaluation.num_samples=1e3"], "must be a whole number"),
        (["{}/a", "evaluation.seed=abc"], "0 to 4294967295"),
        (["{}/a", "evaluation.seed=4294967296"], "0 to 4294967295"),
        (["{}/a", "evaluation.measures=samples"], "must be a list"),
        (["{}/a", "evaluation.measures=[]"], "name some of samples"),
        (["{}/a", "evaluation.reference_split=valid"], "did you mean val"),
        (["{}/a", "evaluation.metrics.manifold.k=0"], "1 or more"),
        (["{}/a", "sampler=gmm", "sampler.components=0"], "1 or more"),
        (["{}/a", "checkpoint=first"], "last or best"),
        (["{}/a", "data.resolution=32"], "data.path, data.path_a, data.path_b, data.root, data.cache"),
        (["{}/a", "checkpont=best"], "did you mean checkpoint"),
        (["{}/a", "evaluation=ofline"], "did you mean offline"),
        (["{}/a", "evaluation.extractor=null"], "which need an extractor"),
    ],
)
def test_a_mistake_is_one_sentence_before_the_work(words, said, runs, monkeypatch):
    from genarium.commands import evaluate_run

    monkeypatch.setattr(evaluate_run, "restore", lambda *args: pytest.fail("work was begun"))
    before = (runs / "a/result.json").read_bytes()
    with pytest.raises(UserError, match=said):
        evaluate.main([word.format(runs) for word in words])
    assert (runs / "a/result.json").read_bytes() == before


@pytest.mark.parametrize("word", ["gpu", "cuda:7", "mps", "GPU", "cpu:0", "0", "", "cuda"])
def test_a_device_that_is_not_here_is_said_once_with_what_is(word, runs, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=f"device={word}: choose auto, cpu or cuda; there is no GPU here"):
        evaluate.main([str(runs), f"device={word}", *QUICK])
    assert capsys.readouterr().err == ""


def test_where_there_are_gpus_they_are_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [device(word) for word in ("auto", "cpu", "cuda", "cuda:1")] == ["cuda", "cpu", "cuda", "cuda:1"]
    with pytest.raises(UserError, match="the GPUs here are cuda:0 to cuda:1"):
        device("cuda:7")


def test_a_run_whose_images_moved_is_measured_where_they_lie_now(tmp_path):
    (tmp_path / "pics").mkdir()
    for number in range(60):
        dots = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(dots).save(tmp_path / "pics" / f"{number}.png")
    small = [word for word in SMALL if not word.startswith(("data=", "data.count="))]
    words = [
        *small,
        *tiny("ae"),
        "model=ae",
        "data=folder",
        f"data.path={tmp_path / 'pics'}",
        "total_images=64",
        "name=run",
    ]
    run = Run(tmp_path / "run")
    train(compose.composed([*words, "callbacks.interpolations=none"]), run)
    (tmp_path / "pics").rename(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=r"set data\.path"):
        evaluate.main([str(run.folder), *QUICK])
    evaluate.main([str(run.folder), *QUICK, f"data.path={tmp_path / 'elsewhere'}"])
    assert "psnr/val" in run.result()["numbers"]


def test_a_cache_of_another_user_is_nobodys_business(runs, tmp_path, cache):
    shutil.copytree(runs / "a", tmp_path / "run")
    run = Run(tmp_path / "run")
    (tmp_path / "home").touch()  # no folder, and none can be made in it
    run.config.write_text(run.config.read_text().replace(str(cache), str(tmp_path / "home/.cache/genarium")))
    evaluate.main([str(run.folder), *QUICK])
    assert "psnr/val" in run.result()["numbers"]
    evaluate.main([str(run.folder), *QUICK, f"data.cache={tmp_path / 'mine'}"])
    assert (tmp_path / "mine").is_dir()


def test_numbers_of_best_and_last_stand_side_by_side(runs, tmp_path):
    shutil.copytree(runs / "a", tmp_path / "run")
    run = Run(tmp_path / "run")
    for checkpoint in ("best", "last", "best"):
        evaluate.main([str(run.folder), *QUICK, f"checkpoint={checkpoint}"])
    numbers, protocols = run.result()["numbers"], run.result()["protocols"]
    assert {"psnr/val", "psnr/val/best"} <= set(numbers)
    assert protocols[numbers["psnr/val/best"]["protocol"]]["checkpoint"] == "best"
    assert protocols[numbers["psnr/val"]["protocol"]]["checkpoint"] == "last"


def test_what_a_run_was_selected_by_is_not_reported_without_a_word():
    searched = compose.composed(["callbacks=search", "callbacks.evaluate.evaluation.measures=[codes]"])
    ask = lambda *words: built(compose.composed(["evaluation=quick", *words], "evaluate").evaluation, "evaluation")
    assert selected_on(searched, ask("evaluation.measures=[codes]")) == "evaluation.heldout_split=test"
    assert selected_on(searched, ask("evaluation.measures=[codes]", "evaluation.heldout_split=test")) == ""
    assert selected_on(searched, ask("evaluation.measures=[samples]")) == ""
    assert selected_on(compose.composed([]), ask("evaluation.measures=[codes]")) == ""
