"""genarium translate: images of any size, and a sentence for what cannot be translated."""

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.commands import translate
from genarium.commands.translate_images import opened
from genarium.commands.translate_sizes import Way, multiple_of, padded, sized, starts, tiled
from genarium.data.packing.decode import Recipe
from genarium.data.packing.unreadable import Unreadable
from genarium.errors import UserError
from genarium.networks.conv import transposed
from genarium.networks.unet import UNet
from genarium.transforms.degradation import Downsample, Missing
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
    none = torch.zeros(1, 1, 21, 37, dtype=torch.bool)
    assert torch.equal(sized(Way(lambda x, missing: x, lambda x: -x), x, none, "whole", 16, None), -x)


def test_transparent_pixels_lie_over_the_background_that_training_had(tmp_path):
    colors = np.array([[[0, 0, 0, 0], [200, 0, 100, 255], [0, 0, 0, 128], [0, 0, 0, 127]]] * 4, np.uint8)
    Image.fromarray(colors).save(tmp_path / "a.png")
    x, missing = opened(tmp_path / "a.png", Recipe(8, 3, "center", (255, 255, 255)))
    row = (x[0, :, 0] + 1) * 127.5
    assert row[:, 0].tolist() == [255] * 3 and row[:, 1].tolist() == [200, 0, 100]
    assert row[:, 2].tolist() == pytest.approx([127] * 3, abs=1)  # half of black over white
    assert missing[0, 0, 0].tolist() == [True, False, False, True]


def test_sixteen_bits_are_scaled_by_the_white_of_the_run_and_refused_without(tmp_path):
    """Pillow itself cuts what is above 255, which is nearly all of it."""
    values = np.linspace(0, 4095, 64).reshape(8, 8).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    with pytest.raises(Unreadable, match="16 bits a channel"):
        opened(tmp_path / "a.png", Recipe(8, 1, "center", (255, 255, 255)))
    x, _ = opened(tmp_path / "a.png", Recipe(8, 1, "center", (255, 255, 255), 4095))
    assert np.abs(((x[0, 0] + 1) / 2).numpy() - values / 4095).max() <= 0.5 / 255 + 1e-6


def test_images_that_cannot_be_used_are_left_out_and_named(runs, here, capsys):
    painted(here / "in" / "a.png", (16, 16))
    Image.fromarray(np.full((16, 16), 4000, np.uint16)).save(here / "in" / "deep.png")
    (here / "in" / "torn.png").write_bytes((here / "in" / "a.png").read_bytes()[:200])
    assert len(translated(runs["pix2pix_l1"], here)) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "2 images left out" in told and "deep.png (16 bits a channel)" in told and "torn.png" in told
    (here / "in" / "a.png").unlink()
    with pytest.raises(UserError, match="no image can be used"):
        translate.main([f"run={runs['pix2pix_l1']}", f"in={here}/in", f"out={here}/other"])


def test_an_image_made_square_shows_nothing_of_what_lies_in_its_holes():
    """The picture is black, white where it is missing, and filled with gray: neither is known of any pixel."""
    missing = torch.zeros(1, 1, 50, 70, dtype=torch.bool)
    missing[:, :, 13:31, 22:45] = True
    x, shown = torch.where(missing, 1.0, -1.0).expand(1, 3, -1, -1), []

    def translate(source):
        shown.append(source)
        return source[:, :3]

    made = sized(Way(Missing(4, lambda x: x, 0.0).of_given, translate), x, missing, "resize", 16, None)
    known = shown[0][:, 3:] < 0
    assert made.shape == x.shape and shown[0].shape == (1, 4, 16, 16) and 0 < known.sum() < 256
    assert torch.allclose(shown[0][:, :3][known.expand(-1, 3, -1, -1)], torch.tensor(-1.0))


def test_a_small_image_made_square_is_as_small_as_those_that_trained():
    """What a super-resolver is given of it are the repeated pixels of one of 16 / 4 px."""
    shown, way = [], Downsample(3, 4)
    translate = lambda source: shown.append(source) or source
    none = torch.zeros(1, 1, 20, 12, dtype=torch.bool)
    made = sized(Way(way.of_given, translate), torch.rand(1, 3, 20, 12), none, "resize", 16, None)
    assert made.shape == (1, 3, 80, 48) and torch.allclose(way(shown[0]), shown[0]) and shown[0].shape[2:] == (16, 16)


@pytest.mark.parametrize("resolution", [28, 32, 48, 256])
def test_a_u_net_of_any_resolution_takes_whole_images(resolution):
    """At 256 px it halves images six times."""
    network = UNet(3, 3, resolution, 1, torch.nn.InstanceNorm2d, torch.nn.ReLU, torch.nn.ReLU, transposed).eval()
    with torch.no_grad():
        assert padded(network, torch.rand(1, 3, 75, 96), multiple_of(resolution)).shape == (1, 3, 75, 96)
