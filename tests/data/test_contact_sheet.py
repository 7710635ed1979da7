"""What is said and shown of a packed set."""

import numpy as np
import pytest
from pictures import FakeDrawing, bad, fill
from PIL import Image

from genarium.data.contact_sheet import contact_sheet, moments, spread_by_class, statistics
from genarium.data.packing.pack import pack


def test_statistics_count_splits_classes_and_what_was_left_out(tmp_path):
    source = fill(tmp_path / "set", 9)
    bad(source.folder)
    found = statistics(pack(source, 16, 3, "center", tmp_path / "cache", 14))
    assert found["images"] == 9 and found["splits"] == {"train": 9, "val": 0, "test": 0} and found["classes"] == 3
    assert found["images per class, fewest"] <= 3 <= found["images per class, most"]
    assert found["left out"]["animated"] == 3 and found["left out"]["huge"] == 2
    assert sum(found["left out"].values()) == 14


def test_moments_are_those_of_the_floats():
    images = np.random.default_rng(0).integers(0, 200, (50, 3, 8, 8), dtype=np.uint8)
    images[:, 1] //= 3
    floats = images.astype(np.float64) / 127.5 - 1
    mean, sd = moments(images)
    assert mean == pytest.approx(floats.mean(axis=(0, 2, 3))) and sd == pytest.approx(floats.std(axis=(0, 2, 3)))


def test_a_sheet_shows_as_many_classes_as_it_has_room_for():
    labels = np.repeat(np.arange(10), 7)
    assert labels[spread_by_class(labels, 10)].tolist() == list(range(10))
    assert labels[spread_by_class(labels, 5)].tolist() == [1, 3, 5, 7, 9]
    assert len(spread_by_class(labels, 1000)) == 70


def test_a_contact_sheet_holds_the_pictures(tmp_path):
    made = pack(FakeDrawing(8), 56, 3, "center", tmp_path / "cache", 0)
    sheet = np.asarray(Image.open(contact_sheet(made, tmp_path / "new" / "sheet.png", 2, 4)))
    assert sheet.shape == (44 + 2 * 122 - 10 + 16, 2 * 16 + 4 * 122 - 10, 3)
    assert (sheet[44:156, 18 + 122 : 16 + 122 + 112] == 1).all()  # the second picture, without its marked column


def test_a_grey_contact_sheet_is_drawn_too(tmp_path):
    made = pack(FakeDrawing(3, channels=1), 16, 1, "center", tmp_path / "cache", 0)
    assert Image.open(contact_sheet(made, tmp_path / "sheet.png", 1, 4)).size[0] == 2 * 16 + 4 * 122 - 10
