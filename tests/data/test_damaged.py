"""A damaged cache costs the time to make it anew, and nothing else."""

import json
import shutil

import numpy as np
import pytest
from pictures import FakeDrawing, fill

from genarium.data.packing.pack import pack

DAMAGE = {
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-200]),
    "missing": lambda file: file.unlink(),
    "another": lambda file: file.write_bytes(b"<html>404</html>" * 40),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
}


def packed(source, cache):
    return pack(source, resolution=8, channels=3, crop="center", cache=cache, max_unreadable=0)


@pytest.fixture(params=["files", "drawing"])
def source(request, tmp_path):
    return fill(tmp_path / "set", 12) if request.param == "files" else FakeDrawing(12)


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("file", ["images.npy", "columns.npz", "record.json"])
def test_a_packed_set_of_which_a_file_is_damaged_is_packed_anew(tmp_path, source, file, how):
    first = packed(source, tmp_path / "cache")
    images = np.array(first.images)
    DAMAGE[how](first.folder / file)
    again = packed(source, tmp_path / "cache")
    assert (again.images == images).all() and again.record == first.record and again.hash == first.hash
    assert not list((tmp_path / "cache" / "scratch").iterdir())


@pytest.mark.parametrize(
    ("file", "value"),
    [
        ("images.npy", np.zeros((12, 3, 8, 8), np.float32)),
        ("images.npy", np.zeros((12, 3, 9, 9), np.uint8)),
        ("images.npy", np.zeros((11, 3, 8, 8), np.uint8)),
        ("record.json", []),
        ("record.json", {"hash": "other"}),
        ("record.json", None),
    ],
)
def test_a_file_of_another_type_or_shape_is_damage_too(tmp_path, file, value):
    source = fill(tmp_path / "set", 12)
    first = packed(source, tmp_path / "cache")
    if file == "images.npy":
        np.save(first.folder / file, value)
    else:
        (first.folder / file).write_text(json.dumps(value))
    again = packed(source, tmp_path / "cache")
    assert again.images.shape == (12, 3, 8, 8) and again.images.dtype == np.uint8 and again.images.any()


def test_labels_that_belong_to_other_images_are_damage(tmp_path):
    source = fill(tmp_path / "set", 12)
    first = packed(source, tmp_path / "cache")
    np.savez(first.folder / "columns.npz", labels=first.labels[:5], splits=first.splits[:5])
    assert packed(source, tmp_path / "cache").labels.tolist() == first.labels.tolist()


def test_an_index_of_another_shape_means_reading_again(tmp_path):
    source = fill(tmp_path / "set", 12)
    first = packed(source, tmp_path / "cache")
    [index] = (tmp_path / "cache" / "index").iterdir()
    path = next(iter(json.loads(index.read_text())))
    for text in ("", "[]", "null", "3", json.dumps({path: 3}), json.dumps({path: [None]}), json.dumps({path: []})):
        index.write_text(text)
        assert packed(source, tmp_path / "cache").hash == first.hash
    shutil.rmtree(index.parent)
    assert packed(source, tmp_path / "cache").hash == first.hash
