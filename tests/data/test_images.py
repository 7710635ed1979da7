"""The DataModule: values, splits, shares and memory."""

import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
from pictures import FakeDrawing, fill

from genarium.data.image_store import floats, mirror
from genarium.data.images import Images
from genarium.data.sources.folder import Folder
from genarium.data.sources.mixture import GaussianMixture
from genarium.errors import UserError

MEMORY = """
import sys
from pathlib import Path
import psutil, torch
sys.path.insert(0, sys.argv[1])
from pictures import FakeDrawing
from genarium.data.images import Images
data = Images(FakeDrawing(1000), 128, 3, 10, "center", True, 0, Path(sys.argv[2]), seed=0)
data.budget = 2250
for batch in data.validation_batches(10, "val", count=20):
    pass
process = psutil.Process()
before = process.memory_info().rss
for batch in data.train_dataloader():
    pass
for batch in data.validation_batches(10, "val"):
    pass
data.examples(8, "train")
print((process.memory_info().rss - before) / data.packed.images.nbytes)
"""


def images(tmp_path: Path, count: int = 40, **changes) -> Images:
    settings = {"resolution": 4, "channels": 3, "batch_size": 5, "crop": "center", "flip": True, "max_unreadable": 0}
    return Images(**(settings | {"source": FakeDrawing(count), "cache": tmp_path, "seed": 0} | changes))


def test_every_byte_becomes_the_nearest_float_from_minus_one_to_one_and_comes_back():
    every = floats(torch.arange(256, dtype=torch.uint8))
    assert every[0] == -1 and every[255] == 1 and every.dtype == torch.float32
    exact = (2 * np.arange(256, dtype=np.float64) - 255) / 255
    assert (every.numpy() == exact.astype(np.float32)).all()
    assert ((every * 127.5 + 127.5).round() == torch.arange(256)).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_mirrored_images_are_turned_left_to_right_and_the_others_stay(channels):
    pixels = torch.randint(0, 256, (9, channels, 6, 7), dtype=torch.uint8)
    turned = np.array([True, False, False, True, True, False, True, False, True])
    found = mirror(pixels.clone(), turned)
    assert torch.equal(found[turned], pixels[turned].flip(-1)) and torch.equal(found[~turned], pixels[~turned])
    assert torch.equal(mirror(pixels.clone(), np.zeros(9, dtype=bool)), pixels)


def test_making_batches_leaves_the_packed_images_as_they_are(tmp_path):
    data = images(tmp_path)
    data.setup()
    before = data.packed.images.copy()
    data.budget = 60
    assert sum(len(batch.labels) for batch in data.train_dataloader()) == 60
    assert (data.packed.images == before).all()


def test_validation_batches_are_the_split_in_order_unturned_and_complete(tmp_path):
    batches = list(images(tmp_path).validation_batches(4, "val"))
    assert [batch.labels.tolist() for batch in batches] == [[30, 31, 32, 33], [34, 35, 36, 37], [38, 39]]
    assert ((batches[0].images * 127.5 + 127.5).round()[:, 0, 0, 0] == torch.arange(31, 35)).all()
    assert torch.equal(batches[1].images, list(images(tmp_path).validation_batches(4, "val"))[1].images)


def test_devices_side_by_side_have_the_validation_batches_of_one(tmp_path, monkeypatch):
    data, shares = images(tmp_path), []
    for rank in range(3):
        monkeypatch.setattr(data, "place", lambda rank=rank: (rank, 3))
        shares.append([batch.labels.tolist() for batch in data.validation_batches(4, "val")])
    assert sorted(chain(*chain(*shares))) == list(range(30, 40))
    assert [shares[rank][0] for rank in range(3)] == [[30], [31], [32, 33]]


def test_counts_keep_images_evenly_spread_over_a_split(tmp_path):
    data = images(tmp_path, train_count=10, val_count=5)
    assert data.split_indices("train").tolist() == list(range(0, 30, 3))
    assert data.split_indices("val").tolist() == [30, 32, 34, 36, 38]
    with pytest.raises(
        UserError, match=r"31 images of the split 'train' are asked for, and it has 30: set data.train_count"
    ):
        images(tmp_path, train_count=31).split_indices("train")
    with pytest.raises(UserError, match="has no images in its split 'test'"):
        data.split_indices("test")


def test_examples_are_the_same_every_time_and_never_more_than_there_are(tmp_path):
    data = images(tmp_path)
    assert data.examples(3, "val").labels.tolist() == [30, 33, 36]
    assert torch.equal(data.examples(3, "val").images, images(tmp_path).examples(3, "val").images)
    assert len(data.examples(99, "val").labels) == 10


@pytest.mark.parametrize("count", [3, 5, 10, 24])
def test_an_empty_split_is_told_with_a_share_that_fills_it(tmp_path, count):
    fill(tmp_path / "set", count)
    of = lambda share: images(tmp_path / "cache", source=Folder(tmp_path / "set", "none", [255] * 3, share, 0.0))
    with pytest.raises(
        UserError, match=r"no images in its split 'val'; it has train .*: set data\.val_fraction="
    ) as caught:
        of(0.0).split_indices("val")
    assert len(of(float(str(caught.value).rpartition("=")[2])).split_indices("val"))


@pytest.mark.parametrize("size", [0, -1, 2.5, True, None])
def test_a_batch_of_no_number_of_images_is_one_sentence(tmp_path, size):
    with pytest.raises(UserError, match=r"data\.batch_size=.*: must be a whole number, 1 or more"):
        images(tmp_path, batch_size=size)
    with pytest.raises(UserError, match=r"data\.batch_size="):
        GaussianMixture(lambda: np.zeros((1, 2)), 0.1, size, seed=0)


def test_what_evaluation_needs_is_at_hand(tmp_path):
    data = images(tmp_path)
    data.prepare_data()
    assert data.packed.factors["row"].shape == data.packed.labels.shape == (40,)
    assert data.packed.classes == () and len(data.packed.hash) == 64


def test_a_batch_larger_than_the_set_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="batch_size=31 is larger than the set, which has 30"):
        images(tmp_path, batch_size=31).train_dataloader()


def test_resident_memory_grows_by_the_packed_data_at_most_once(tmp_path):
    command = [sys.executable, "-c", MEMORY, str(Path(__file__).parent), str(tmp_path)]
    images(tmp_path, count=1000, resolution=128).prepare_data()
    run = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
    assert 0.7 < float(run.stdout) < 1.1  # the file itself, mapped (49 MB), and a batch or two


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_holds_the_pictures_and_gives_the_same_batches(tmp_path):
    gpu, data = torch.device("cuda", 0), images(tmp_path)
    assert data.shelf(gpu).images.device == gpu
    rows, turned = np.array([3, 1, 2]), np.array([True, False, True])
    there, here = data.shelf(gpu).batch(rows, turned), data.shelf(torch.device("cpu")).batch(rows, turned)
    assert torch.equal(there.images.cpu(), here.images) and torch.equal(there.labels.cpu(), here.labels)
