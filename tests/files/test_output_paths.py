"""A place that cannot be written, and a file that says nothing or the wrong thing, are refused before the work."""

import os

import pytest
from PIL import Image

from genarium.commands import evaluate, train
from genarium.commands.key_values import parse_key_values
from genarium.errors import UserError
from genarium.files.output_paths import PICTURES, out_file, why_not
from genarium.plots.grid import save


def refused(text: str, endings: tuple[str, ...] = tuple(PICTURES)) -> str:
    with pytest.raises(UserError) as error:
        out_file(text, endings)
    return str(error.value)


def test_a_folder_or_nothing_is_no_file(here):
    (here / "pages").mkdir()
    assert "is a folder: name a file, such as out=pages/result.html" in refused("pages", (".html",))
    assert "is a folder" in refused(".")
    assert "is a folder" in refused("new/")
    assert "name one, such as out=result.png" in refused("")


def test_the_ending_is_the_format_or_is_refused(here):
    assert "must end in .png, .jpg, .jpeg or .webp, such as out=x.png" in refused("x.bmp")
    assert "'out=a b.png'" in refused("a b")
    for ending, format in PICTURES.items():
        save(Image.new("RGB", (4, 4)), out_file(f"x{ending}", list(PICTURES)))
        assert Image.open(here / f"x{ending}").format == format


def test_a_leading_tilde_is_the_home(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    assert out_file("~/x.png", list(PICTURES)) == here / "x.png"


def test_a_file_in_the_way_is_named_before_the_work(here, monkeypatch):
    (here / "runs").touch()
    assert why_not(here / "runs/default/x") == "runs is no folder"
    assert why_not(here / "new/er") == ""
    assert "cannot be written (runs is no folder)" in refused("runs/x.png")
    monkeypatch.setattr(train, "train_one", None)
    for words in (["seed=0"], ["-m", "seed=0,1"]):
        with pytest.raises(UserError, match=r"runs is no folder.*: start in another folder, or set hydra"):
            train.main(words)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(here):
    (here / "closed").mkdir(mode=0o555)
    assert why_not(here / "closed/x") == "no permission for closed"


def test_words_that_are_places_keep_their_equals_signs(here):
    (here / "k=v").mkdir()
    values, rest = parse_key_values(["runs/vae-count=320", "k=v", "out=x"], {"out": ""})
    assert rest == ["runs/vae-count=320", "k=v"] and values["out"] == "x"
    with pytest.raises(UserError, match="there is no key 'otu'; did you mean out"):
        parse_key_values(["otu=x"], {"out": ""})
    words = evaluate.read(["k=v", "device=cpu", "sampler=gmm"])
    assert words.folders == ["k=v"] and words.device == "cpu" and words.keys == ["sampler=gmm"]


def test_numbers_of_the_small_verbs_have_ranges():
    for word in ("seed=4294967296", "seed=-1", "count=0", "count=1e3", "checkpoint=first", "total_images=0"):
        with pytest.raises(UserError, match="must be"):
            parse_key_values([word], {"seed": 0, "count": 64, "checkpoint": "last", "total_images": 1})
    assert parse_key_values(["count=1_000"], {"count": 64})[0] == {"count": 1000}
