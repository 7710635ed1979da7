"""Images for a run's model: its own, or those of a folder, by one recipe."""

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.commands.run_images import data_of, of_files, of_split
from genarium.data.sources.user_folder import images_in
from genarium.errors import UserError
from small import small_run


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    run = small_run("ae", tmp_path_factory.mktemp("run"), "callbacks=infrequent", images=32)
    return data_of(run)


def test_images_of_a_split_written_as_files_and_read_from_a_folder_are_the_same(data, here):
    own = of_split(data, "test")
    for row in range(3):
        (here / "in" / "inner").mkdir(parents=True, exist_ok=True)
        pixels = own.images[row].add(1).mul(127.5).round().byte().permute(1, 2, 0).numpy()
        Image.fromarray(pixels).save(here / "in" / "inner" / f"{row}.png")
    read = of_files(data, images_in("in"))
    assert torch.equal(read.images, own.images[:3])
    assert read.names == ["inner/0.png", "inner/1.png", "inner/2.png"]
    assert len(own.names) == len(own.labels) == len(own.images) and len(own.classes) == 6
    assert torch.equal(of_split(data, "test", 2).images[0], own.images[0])


def test_a_file_that_cannot_be_decoded_is_left_out_and_named(data, here, capsys):
    (here / "in").mkdir()
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(here / "in" / "a.png")
    (here / "in" / "b.png").write_bytes(b"no image")
    assert of_files(data, images_in("in")).names == ["a.png"]
    assert "b.png (not an image)" in capsys.readouterr().err


@pytest.mark.parametrize("kind, sentence", [
    ("missing", "does not exist: name a folder"),
    ("empty", "holds no images that Pillow opens: name"),
    ("broken", "holds no image that can be used, 1 not an image — b.png"),
])  # fmt: skip
def test_a_folder_without_images_is_told_in_a_sentence(data, here, kind, sentence):
    if kind != "missing":
        (here / "in").mkdir()
    if kind == "broken":
        (here / "in" / "b.png").write_bytes(b"no image")
    with pytest.raises(UserError, match=sentence):
        of_files(data, images_in("in"))
