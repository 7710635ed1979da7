"""genarium translate: images of any size, and a sentence for what cannot be translated."""

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.commands import translate
from genarium.commands.translate_images import sized, starts, tiled
from genarium.errors import UserError
from small import small_run

QUIET = ["callbacks.validate=null", "callbacks.translations=null", "callbacks.progress=null"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("translators")
    made = {name: small_run(name, folder / name, *QUIET, images=32) for name in ("pix2pix_l1", "sr_l1", "inpainting")}
    made["context_encoder"] = small_run("context_encoder", folder / "context_encoder", *QUIET, images=32)
    made["cyclegan"] = small_run("cyclegan", folder / "cyclegan", *QUIET, "data/domains=blur", images=32)
    return {name: run.folder for name, run in made.items()}


def painted(path, size: tuple[int, int], mode: str = "RGB") -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, len(mode)), np.uint8)
    if mode == "RGBA":
        pixels[:, :, 3] = 255
        pixels[5:15, 5:20, 3] = 0
    Image.fromarray(pixels, mode).save(path)
    return pixels


def translated(run, here, *words: str) -> list[np.ndarray]:
    translate.main([f"run={run}", f"in={here}/in", f"out={here}/out", *words])
    return [np.asarray(Image.open(path)) for path in sorted((here / "out").rglob("*.png"))]


@pytest.mark.parametrize("size", ["whole", "tiles", "resize"])
def test_images_of_any_size_are_translated_under_their_names(size, runs, here):
    painted(here / "in" / "a.jpg", (37, 21))
    painted(here / "in" / "inner" / "b.png", (64, 48))
    made = translated(runs["pix2pix_l1"], here, f"size={size}")
    assert [image.shape for image in made] == [(21, 37, 3), (48, 64, 3)]
    assert (here / "out" / "inner" / "b.png").exists()


def test_super_resolution_enlarges_what_it_is_given(runs, here):
    painted(here / "in" / "a.png", (20, 12))
    assert translated(runs["sr_l1"], here)[0].shape == (24, 40, 3)


def test_transparent_pixels_are_holes_and_the_others_are_kept(runs, here):
    before = painted(here / "in" / "a.png", (32, 32), "RGBA")
    (made,) = translated(runs["inpainting"], here)
    known = before[:, :, 3] == 255
    assert np.array_equal(made[known], before[known][:, :3]) and (made[~known] != before[~known][:, :3]).any()


def test_a_cyclegan_translates_there_and_back_and_others_one_way(runs, here):
    painted(here / "in" / "a.png", (16, 16))
    there = translated(runs["cyclegan"], here)[0]
    (here / "out" / "a.png").unlink()
    assert not np.array_equal(there, translated(runs["cyclegan"], here, "way=back")[0])
    with pytest.raises(UserError, match="translates one way"):
        translate.main([f"run={runs['pix2pix_l1']}", f"in={here}/in", f"out={here}/other", "way=back"])


def test_a_network_of_one_size_says_how_it_can_be_shown_others(runs, here):
    painted(here / "in" / "a.png", (40, 24))
    with pytest.raises(UserError, match="size=tiles or size=resize"):
        translated(runs["context_encoder"], here)
    assert translated(runs["context_encoder"], here, "size=tiles")[0].shape == (24, 40, 3)


def test_nothing_is_overwritten_and_mistakes_are_told_in_a_sentence(runs, here):
    painted(here / "in" / "a.png", (16, 16))
    run = runs["pix2pix_l1"]
    translated(run, here)
    for words, sentence in (
        ([f"in={here}/in", f"out={here}/out"], "is there already"),
        ([f"in={here}/none", f"out={here}/x"], "does not exist"),
        ([f"in={here}/in", f"out={here}/x", "size=tile"], "did you mean tiles"),
        ([f"in={here}/in"], "say which run"),
    ):
        with pytest.raises(UserError, match=sentence):
            translate.main([f"run={run}", *words])
    painted(here / "in" / "a.jpg", (16, 16))
    with pytest.raises(UserError, match="two images would become"):
        translate.main([f"run={run}", f"in={here}/in", f"out={here}/x"])


def test_tiles_of_a_map_of_each_pixel_are_seamless():
    x = torch.rand(1, 3, 21, 37) * 2 - 1
    assert torch.allclose(tiled(lambda x: -x, x, 16), -x, atol=1e-6)
    assert starts(37, 16) == [0, 8, 16, 21] and starts(16, 16) == [0]
    assert torch.equal(sized(lambda x: -x, x, "whole", 16, None), -x)
