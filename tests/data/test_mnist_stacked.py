"""Stacked MNIST: three independent digits of one split in an image, its thousand modes equally likely."""

import gzip
import struct

import numpy as np
import pytest

from genarium.data.source import KnowsModes, RenderedSource
from genarium.data.sources.mnist import ARCHIVES
from genarium.data.sources.mnist_stacked import StackedMnist
from genarium.errors import UserError


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.fixture
def digits(tmp_path):
    """3,000 training and 100 test digits; the last 1,000 of the former validate. A digit is one gray: 10 times itself,
    and 1, 2 or 3 for its split; ones are ten times as frequent as the others."""
    place = tmp_path / "MNIST" / "raw"
    place.mkdir(parents=True)
    for part, grays in {"train": np.repeat([1, 2], [2000, 1000]), "test": np.full(100, 3)}.items():
        labels = np.array([*range(10), *[1] * 10])[np.arange(len(grays)) % 20]
        images = np.broadcast_to((10 * labels + grays)[:, None, None], (len(grays), 28, 28))
        for kind, values in {"images": images, "labels": labels}.items():
            (place / ARCHIVES[f"{part}_{kind}"]).write_bytes(gzip.compress(idx(values)))
    return tmp_path


def stacked(root, seed: int = 0, validation: int = 1000) -> StackedMnist:
    return StackedMnist(seed=seed, root=root, validation=validation, url="", checksums={})


def test_each_channel_shows_its_digit_of_the_label_from_the_images_own_split(digits):
    source = stacked(digits)
    drawing = source.render(28)
    assert isinstance(source, RenderedSource) and isinstance(source, KnowsModes)
    assert drawing.images.shape == (3100, 3, 28, 28) and drawing.images.dtype == np.uint8
    shown, split = np.divmod(drawing.images[:, :, 14, 14].astype(int), 10)
    assert np.array_equal(drawing.labels, 100 * shown[:, 0] + 10 * shown[:, 1] + shown[:, 2])
    assert all(source.classes[label] == f"{label:03}" for label in (0, 7, 999))
    assert np.array_equal(split, np.repeat(drawing.splits[:, None] + 1, 3, axis=1))
    assert np.array_equal(drawing.factors["green"], shown[:, 1])


def test_modes_are_equally_likely_though_digits_are_not(digits):
    drawing = stacked(digits).render(28)
    shares = np.bincount(drawing.images[:, :, 0, 0].ravel() // 10, minlength=10) / (3 * 3100)
    assert np.abs(shares - 0.1).max() < 4 * np.sqrt(0.1 * 0.9 / (3 * 3100))
    pairs = np.bincount(10 * drawing.factors["red"] + drawing.factors["blue"], minlength=100) / 3100
    assert np.abs(pairs - 0.01).max() < 4.5 * np.sqrt(0.01 * 0.99 / 3100)  # independent


def test_the_same_seed_stacks_the_same_and_another_does_not(digits):
    first, again, other = (stacked(digits, seed).render(32) for seed in (0, 0, 1))
    assert first.images.shape[2:] == (32, 32)
    assert np.array_equal(first.images, again.images) and np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.labels, other.labels)
    assert stacked(digits, 0).settings() != stacked(digits, 1).settings()


def test_every_digit_of_a_split_may_be_drawn(digits):
    with pytest.raises(UserError, match="negative"):
        stacked(digits, seed=-1)
    with pytest.raises(UserError, match=r"no digit \d to stack"):
        stacked(digits, validation=5).render(28)
