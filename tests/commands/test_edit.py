"""genarium edit: rows of edited images, and a sentence for what cannot be edited."""

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.api import load
from genarium.commands import edit
from genarium.commands.edit_images import edited, perceptual
from genarium.data.sources.user_folder import images_in
from genarium.errors import UserError
from genarium.runs.run import Run
from small import small_run

QUIET = ["callbacks=infrequent", "callbacks.validate=null", "callbacks.progress=null"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edited")
    made = {
        name: small_run(name, folder / name, *QUIET, images=64) for name in ("cvae", "dcgan", "pix2pix_l1", "ae_linear")
    }
    made["one"] = small_run("vae", folder / "one", *QUIET, "data.only=[2]", images=32)
    return {name: run.folder for name, run in made.items()}


def columns(run, **words) -> dict[str, torch.Tensor]:
    return edited(Run(run), {**edit.DEFAULTS, "fit": 40, "count": 3, "steps": 3, **words})


def test_the_row_of_an_attribute_is_drawn_by_encoder_or_inversion(runs, here, monkeypatch):
    monkeypatch.setattr("genarium.uses.codes.STEPS", 2)
    edit.main(
        [f"run={runs['cvae']}", "attribute=hue", "keep=x,background", "count=3", "steps=3", "fit=40", "out=a.png"]
    )
    assert np.asarray(Image.open("a.png")).shape[0] > 3 * 64
    for run in ("cvae", "dcgan"):
        made = columns(runs[run], attribute="4 petals", direction="means")
        assert list(made) == ["image", "decoded", "-3", "0", "+3"]
        assert all(image.shape == (3, 3, 16, 16) for image in made.values())
        assert not torch.equal(made["-3"], made["+3"])


def test_a_conditional_model_shows_images_as_another_class_or_as_every_one(runs):
    every = columns(runs["cvae"], **{"class": "all"})
    assert list(every) == ["image", "decoded", *(f"{number} petals" for number in range(3, 9))]
    one = columns(runs["cvae"], **{"class": "5 petals"})
    assert torch.equal(one["5 petals"], every["5 petals"])


@pytest.mark.parametrize("run, words, sentence", [
    ("cvae", ["attribute=heu"], "did you mean hue"),
    ("cvae", ["class=9 petals"], "did you mean"),
    ("cvae", [], "say which run, and what to edit"),
    ("cvae", ["attribute=hue", "class=all"], "say which run, and what to edit"),
    ("cvae", ["class=all", "in=pictures"], "leave out in="),
    ("cvae", ["attribute=hue", "direction=mean"], "did you mean means"),
    ("cvae", ["attribute=hue", "optimizer=sgd"], "optimizer=sgd is not known; choose from adam, auto, lbfgs"),
    ("cvae", ["class=all", "distance=pixel"], "did you mean pixels"),
    ("cvae", ["attribute=hue", "distance=features"], "add optimizer=adam"),
    ("cvae", ["attribute=hue", "starts=0"], "starts=0: must be a whole number, 1 or more"),
    ("cvae", ["attribute=hue", "in=nowhere"], "does not exist"),
    ("cvae", ["attribute=hue", "in=empty"], "holds no images"),
    ("cvae", ["attribute=hue", "steps=1"], "steps=1: must be a whole number, 2 or more"),
    ("dcgan", ["class=all"], "is given no class"),
    ("pix2pix_l1", ["attribute=hue"], "decodes no codes"),
    ("one", ["attribute=5 petals"], "or all have it"),
])  # fmt: skip
def test_what_cannot_be_edited_is_told_in_a_sentence(runs, here, run, words, sentence):
    (here / "empty").mkdir()
    with pytest.raises(UserError, match=sentence):
        edit.main([f"run={runs[run]}", *words])
    assert not (here / "edit.png").exists()


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_optimized_codes_of_a_linear_decoder_are_those_of_least_squares(runs, optimizer, monkeypatch):
    monkeypatch.setattr("genarium.uses.codes.STEPS", 300)
    made = columns(runs["ae_linear"], attribute="hue", optimizer=optimizer)
    model = load(Run(runs["ae_linear"]))
    with model.evaluating(seed=0):
        origin = model.decode(torch.zeros(1, model.latent_dim)).flatten(1)
        weight = model.decode(torch.eye(model.latent_dim)).flatten(1) - origin  # (Z, P): decoding is affine
        away = made["image"].flatten(1) - origin
        nearest = torch.linalg.lstsq(weight.T, away.T).solution.T @ weight + origin
    assert torch.allclose(made["decoded"].flatten(1), nearest, atol=0.02)
    assert not torch.allclose(columns(runs["ae_linear"], attribute="hue")["decoded"].flatten(1), nearest, atol=0.02)


def test_codes_nearest_by_features_are_others_than_those_nearest_by_pixels(runs, monkeypatch):
    monkeypatch.setattr("genarium.uses.codes.STEPS", 5)
    made = {
        kind: columns(runs["cvae"], **{"class": "5 petals", "distance": kind, "count": 2, "optimizer": "lbfgs"})
        for kind in ("pixels", "features")
    }
    distance = perceptual()
    near = {kind: distance(found["decoded"], found["image"]).sum().item() for kind, found in made.items()}
    assert near["features"] < near["pixels"]


def test_one_image_of_ones_own_is_edited(runs, here):
    Image.fromarray(np.full((20, 30, 3), 200, np.uint8)).save("a.png")
    assert columns(runs["cvae"], attribute="hue", **{"in": images_in("a.png")})["+3"].shape == (1, 3, 16, 16)
