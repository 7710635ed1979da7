"""Known modes are told by a classifier that is trained once, on real images, and says how good it is."""

import math
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from hydra.utils import instantiate

from genarium.config import compose
from genarium.data.images import Images
from genarium.data.source import Rendered
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.mode_classifier import mode_classifier
from genarium.evaluation.samplers import DefaultSampler
from small import SMALL

SETTINGS = {"width": 8, "images": 3000, "batch_size": 30, "learning_rate": 0.01, "seed": 0}


@dataclass
class Squares:
    """A bright square in each channel, in one of ten places: a digit of the label. The last quarter validates."""

    modes: tuple[int, ...] = (10,)
    count: int = 800
    seed: int = 0
    name: str = "squares"

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(str(mode) for mode in range(math.prod(self.modes)))

    def render(self, resolution: int) -> Rendered:
        random = np.random.default_rng(self.seed)
        digits = random.integers(0, 10, (self.count, len(self.modes)))
        images = random.integers(0, 60, (*digits.shape, 16, 16), dtype=np.uint8)
        for row, channel in np.ndindex(digits.shape):
            top, left = divmod(digits[row, channel], 4)
            images[row, channel, 4 * top : 4 * top + 4, 4 * left : 4 * left + 4] += 120
        splits = (np.arange(self.count) >= 0.75 * self.count).astype(np.int64)
        return Rendered(images, np.ravel_multi_index(tuple(digits.T), self.modes), splits, {})

    def settings(self) -> dict[str, object]:
        return {"count": self.count, "seed": self.seed, "modes": self.modes}

    def download(self) -> None:
        """Nothing to fetch."""


class Shows(torch.nn.Module):
    """A generator of given images, over and over."""

    images_seen, averages = 0, ()

    def __init__(self, images: torch.Tensor) -> None:
        super().__init__()
        self.images, self.place = torch.nn.Parameter(images, requires_grad=False), 0

    @contextmanager
    def evaluating(self, seed: int):
        with torch.no_grad():
            yield

    def sample(self, count: int, generator=None) -> torch.Tensor:
        self.place += count
        return self.images[torch.arange(self.place - count, self.place) % len(self.images)]


def opened(folder: Path, source, **changed) -> Images:
    settings = {"resolution": 16, "channels": 3 if len(getattr(source, "modes", ())) == 3 else 1, "batch_size": 10}
    whole = settings | {"crop": "center", "flip": False, "max_unreadable": 0, "cache": folder, "seed": 0} | changed
    data = Images(source, **whole)
    data.setup()
    return data


def modes_of(data: Images, images: torch.Tensor, count: int = 200, **changed):
    wanted = {
        "num_samples": count,
        "reference_split": "train",
        "heldout_split": "val",
        "seed": 0,
        "measures": ["modes"],
    } | changed
    return Evaluation(None, DefaultSampler(0), metrics={"modes": SETTINGS}, **wanted).measure(Shows(images), data)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "classifiers").glob("*"))


def test_real_images_cover_all_modes_evenly_and_a_collapsed_generator_covers_one(tmp_path):
    data = opened(tmp_path, Squares())
    reals = data.examples(200, "val").images
    found, collapsed = modes_of(data, reals), modes_of(data, reals[:1])
    assert found.numbers["mode_classifier_accuracy/val"]["value"] > 0.95
    assert found.numbers["modes_covered/200"]["value"] == 10 and found.numbers["mode_coverage/200"]["value"] == 1
    assert found.numbers["modes_kl/200"]["value"] < 0.1
    assert collapsed.numbers["modes_covered/200"]["value"] == 1
    assert collapsed.numbers["modes_kl/200"]["value"] == pytest.approx(math.log(10))
    assert "warnings" not in found.numbers["modes_covered/200"]
    said = modes_of(data, reals, count=50).numbers["modes_covered/50"]["warnings"]
    assert "50 samples for 10 modes" in said[0]


def test_a_thousand_modes_are_told_by_their_three_digits(tmp_path):
    data = opened(tmp_path, Squares((10, 10, 10)))
    book = modes_of(data, data.examples(200, "val").images)
    accuracy = book.numbers["mode_classifier_accuracy/val"]["value"]
    distinct = len(np.unique(data.packed.labels[data.packed.indices("val")]))
    assert accuracy > 0.9
    assert abs(book.numbers["modes_covered/200"]["value"] - distinct) <= 200 * (1 - accuracy)
    assert book.numbers["mode_coverage/200"]["value"] == book.numbers["modes_covered/200"]["value"] / 1000
    judge = mode_classifier(data, "val", SETTINGS)
    right = judge(data.examples(200, "val").images) == data.examples(200, "val").labels
    assert right.double().mean().item() == pytest.approx(accuracy)  # of whole modes, not of digits


def test_the_protocol_says_how_the_classifier_was_made(tmp_path):
    book = modes_of(opened(tmp_path, Squares()), torch.zeros(1, 1, 16, 16))
    for name in ("modes_covered/200", "mode_classifier_accuracy/val"):
        said = book.protocols[book.numbers[name]["protocol"]]["mode_classifier"]
        assert "convolution" in said["network"] and said["modes"] == [10]
        assert SETTINGS.items() <= said.items()


def test_a_classifier_is_trained_once_and_anew_where_an_image_or_a_setting_is_another(tmp_path):
    data = opened(tmp_path, Squares())
    first = mode_classifier(data, "val", SETTINGS)
    (file,) = kept(tmp_path)
    written = file.stat().st_mtime_ns
    again = mode_classifier(opened(tmp_path, Squares(), train_count=100), "val", SETTINGS)  # a run's own share
    assert kept(tmp_path) == [file] and file.stat().st_mtime_ns == written
    assert again.accuracy == first.accuracy
    file.write_bytes(file.read_bytes()[:-100])
    assert mode_classifier(data, "val", SETTINGS).accuracy == first.accuracy  # a damaged file costs the time alone
    mode_classifier(opened(tmp_path, Squares(seed=1)), "val", SETTINGS)
    assert len(kept(tmp_path)) == 2
    mode_classifier(data, "val", SETTINGS | {"images": 60})
    assert len(kept(tmp_path)) == 3


def test_training_it_leaves_no_trace_in_random_numbers_and_repeats_itself(tmp_path):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    judges = [mode_classifier(opened(tmp_path / name, Squares()), "val", SETTINGS) for name in ("a", "b")]
    assert torch.equal(torch.get_rng_state(), before)
    weights = [judge.network.state_dict() for judge in judges]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_there_are_no_modes_where_the_set_knows_none(tmp_path):
    plain = Squares()
    plain.modes = ()
    plain.render = Squares().render
    data = opened(tmp_path, plain)
    with pytest.raises(UserError, match=r"offer nothing of evaluation\.measures: modes"):
        modes_of(data, torch.zeros(1, 1, 16, 16))
    assert not kept(tmp_path)


@pytest.mark.parametrize(
    ("words", "modes"),
    [
        (["data=garden"], (6,)),
        (["data=garden", "data.imbalance=5"], ()),
        (["data=mnist"], (10,)),
        (["data=mnist_stacked"], (10, 10, 10)),
        (["data=flowers"], ()),
        (["data=animals"], ()),
    ],
)
def test_modes_are_known_where_they_are_equally_frequent(words, modes):
    module = instantiate(compose.composed(words).data.module)
    assert module.modes == modes
    assert not modes or math.prod(modes) == module.classes


def test_flowers_of_the_garden_are_told_apart_by_their_petals():
    words = [word for word in SMALL if word.startswith("data")]
    data = instantiate(compose.composed([*words, "data.count=1500"]).data.module)
    data.setup()
    judge = mode_classifier(data, "val", SETTINGS | {"images": 6000})
    assert 0.4 < judge.accuracy < 1  # chance is 1/6; few images of 16 px
