"""A run knows the set that it was trained on: labels keep their meaning, and other images are told."""

from types import SimpleNamespace

import pytest
from pictures import noise

from genarium.cli import main
from genarium.config import compose
from genarium.data.content import changed_classes, check_content, keep_content
from genarium.runs.run import Run

SMALL = [
    "model.latent_dim=4",
    "model.encoder.width=8",
    "model.decoder.width=8",
    "total_images=32",
    "data.batch_size=16",
]
SMALL += [
    "data.resolution=16",
    "trainer=cpu",
    "logger=none",
    "trainer.precision=32-true",
    "callbacks.interpolations=none",
]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (["a", "b"], ["a", "b"], ""),
        ([], [], ""),
        (["a", "b"], ["b", "a"], "they are in another order, b, a"),
        (["a", "b"], ["b", "c"], "a gone, c new"),
        (["a", "b"], ["a", "b", "c"], "c new"),
        (["a", "b"], [], "a, b gone"),
        (list("abcdef"), ["a"], "b, c, d, … gone"),
    ],
)
def test_classes_that_are_gone_new_or_in_another_order_are_named(before, now, said):
    assert changed_classes(before, now) == said


@pytest.fixture
def call(here, monkeypatch, capsys):
    """Runs a command and returns its exit code and what it said."""

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["genarium", *words])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code
        return code, capsys.readouterr().err

    return run


def test_a_run_refuses_other_classes_and_tells_of_other_images(here, call):
    for name in ("cat", "dog"):
        (here / "pictures" / name).mkdir(parents=True)
        for number in range(30):
            noise(number).save(here / "pictures" / name / f"{number}.jpg")
    words = ["data=folder", "data.path=pictures", "data.classes=2", "name=run", *SMALL]
    code, said = call("train", "model=cvae", *words)
    assert code == 0, said
    run = Run(here / "runs/default/run")
    assert run.result()["data_set"]["classes"] == ["cat", "dog"] and run.result()["data_set"]["images"] == 60
    resume = ("train", f"resume={run.folder}")
    evaluate = (
        "evaluate",
        f"run={run.folder}",
        "evaluation=offline",
        "evaluation.num_samples=4",
        "evaluation.measures=[reconstructions]",
    )

    (here / "pictures" / "cat").rename(here / "pictures" / "zebra")
    before = run.config.read_bytes()
    for command in ((*resume, "total_images=64"), evaluate):
        code, said = call(*command)
        assert code == 2 and "cat gone, zebra new" in said
    assert run.config.read_bytes() == before
    (here / "pictures" / "zebra").rename(here / "pictures" / "cat")
    (here / "pictures" / "cat" / "0.jpg").unlink()
    code, said = call(*resume, "total_images=64")
    assert code == 0 and "trained on other images or splits: 60 (" in said, said
    assert run.result()["data_set"]["images"] == 59


@pytest.mark.parametrize(
    ("kept", "now", "told"),
    [
        ({"hash": "x", "images": 9, "classes": ["a"]}, {"hash": "x", "images": 9, "classes": ["a"]}, ""),
        (
            {"hash": "x", "images": 9, "classes": ["a"]},
            {"hash": "y", "images": 8, "classes": ["a"]},
            "9 (x) then, 8 (y) now",
        ),
        ({}, {"hash": "y", "images": 8, "classes": ["a"]}, ""),
        (None, {"hash": "y", "images": 8, "classes": ["a"]}, ""),
    ],
)
def test_other_images_are_told_once_and_runs_of_before_are_believed(tmp_path, capsys, kept, now, told):
    run, data = Run(tmp_path), SimpleNamespace(content=now)
    run.update_result(data_set=kept)
    check_content(run, data)
    assert told in (said := capsys.readouterr().err) and bool(told) == bool(said)
    keep_content(run, data)
    check_content(run, data)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("data", ["mixture_ring", "dirac"])
def test_points_have_a_content_too(data):
    from hydra.utils import instantiate

    of = lambda *words: instantiate(compose.composed([f"data={data}", *words]).data.module).content
    assert of() == of() == of("seed=3") and len(of()["classes"]) == compose.composed([f"data={data}"]).data.classes
