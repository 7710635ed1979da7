"""The embedded flowers: known factors, drawn independently, that the pictures really show."""

import time
from itertools import pairwise

import numpy as np
import pytest

from genarium.data.source import SPLITS, RenderedSource
from genarium.data.sources import garden_painter
from genarium.data.sources.garden import FACTORS, Garden, render
from genarium.errors import UserError

RED, MEADOW = 1.0, 2 / 3  # a hue and a background in which red > green holds on the petals alone


def flowers(count: int = 1, **chosen) -> dict[str, np.ndarray]:
    """Factors of `count` plain flowers but for the chosen ones."""
    plain = {"petals": 5, "hue": RED, "background": MEADOW, "x": 0.0, "y": 0.0, "rotation": 0.0}
    middle = {name: sum(bounds) / 2 for name, bounds in garden_painter.RANGES.items()}
    return {name: np.broadcast_to((middle | plain | chosen)[name], count) for name in FACTORS}


def red_part(image: np.ndarray) -> np.ndarray:
    """Where petals or the golden center are, (3, R, R) -> (R, R) bool."""
    return image[0].astype(int) > image[1]


def test_the_same_seed_draws_the_same_garden_and_another_does_not():
    first, again, other = (Garden(40, seed).render(16) for seed in (0, 0, 1))
    assert np.array_equal(first.images, again.images) and np.array_equal(first.splits, again.splits)
    assert not np.array_equal(first.images, other.images)
    assert not np.array_equal(first.factors["hue"], other.factors["hue"])


def test_a_larger_garden_begins_with_the_smaller_one():
    small, large = Garden(23, 7).render(20), Garden(300, 7).render(20)
    assert np.array_equal(small.images, large.images[:23])
    assert np.array_equal(small.splits, large.splits[:23])
    assert all(np.array_equal(small.factors[name], large.factors[name][:23]) for name in FACTORS)


def test_factors_are_uniform_and_independent():
    factors = Garden(20_000, 3).factors()
    correlation = np.corrcoef(np.stack([factors[name] for name in FACTORS]))
    assert np.abs(correlation - np.eye(len(FACTORS))).max() < 0.03
    for name, (low, high) in garden_painter.RANGES.items():
        shares = np.sort((factors[name] - low) / (high - low))
        assert np.abs(shares - np.arange(20_000) / 20_000).max() < 0.02  # Kolmogorov-Smirnov: 1.36 / sqrt(N) = 0.0096
    assert np.abs(np.bincount(factors["petals"])[3:] / 20_000 - 1 / 6).max() < 0.01


def test_labels_name_the_number_of_petals():
    drawing = Garden(200, 0).render(8)
    names = [Garden.classes[label] for label in drawing.labels]
    assert names == [f"{number} petals" for number in drawing.factors["petals"]]


def test_factors_at_rest_are_in_the_middle_and_the_others_are_as_without():
    still, free = Garden(40, 0, rest=["x", "rotation"]), Garden(40, 0)
    for name in FACTORS:
        expected = {"x": 0.0, "rotation": 0.5}.get(name, free.factors()[name])
        assert np.allclose(still.factors()[name], expected)
    drawn = still.render(16)
    assert set(drawn.factors) == set(FACTORS) - {"x", "rotation"}
    assert np.array_equal(drawn.labels, free.render(16).labels)
    assert not np.array_equal(drawn.images, free.render(16).images)


def test_imbalance_makes_the_last_class_rarer_and_the_others_equal():
    counts = np.bincount(Garden(50_000, 0, imbalance=10).factors()["petals"])[3:]
    assert counts[-1] / counts[:-1].mean() == pytest.approx(1 / 10, rel=0.1)
    assert counts[:-1].max() / counts[:-1].min() < 1.06


def test_splits_follow_their_shares_and_may_be_empty():
    splits = Garden(10_000, 0, val_fraction=0.2, test_fraction=0.05).render(1).splits
    assert np.bincount(splits) / 10_000 == pytest.approx([0.75, 0.2, 0.05], abs=0.01)
    assert set(Garden(500, 0, val_fraction=0, test_fraction=0).render(1).splits) == {SPLITS.index("train")}


@pytest.mark.parametrize("number", garden_painter.PETALS)
def test_the_picture_has_as_many_petals_as_the_factor_says(number):
    resolution, radius = 256, 0.75 * sum(garden_painter.RANGES["petal_length"]) / 2
    turn = np.linspace(0, 2 * np.pi, 720)
    for width in (0.45, 0.85):
        mask = red_part(render(flowers(petals=number, petal_width=width), resolution)[0])
        rows, columns = (((0.5 + radius * f(turn)) * resolution).astype(int) for f in (np.sin, np.cos))
        around = mask[rows, columns]
        assert sum(a and not b for a, b in pairwise(around)) == number


def test_the_flower_stands_where_x_and_y_say_and_is_as_large_as_its_petals():
    x, y, length = np.array([-0.11, 0.0, 0.1]), np.array([0.05, -0.11, 0.1]), np.array([0.22, 0.3, 0.35])
    images = render(flowers(3, petals=8, x=x, y=y, petal_length=length), 128)
    for index, image in enumerate(images):
        rows, columns = np.nonzero(red_part(image))
        assert (columns.mean() + 0.5) / 128 - 0.5 == pytest.approx(x[index], abs=0.01)
        assert (rows.mean() + 0.5) / 128 - 0.5 == pytest.approx(y[index], abs=0.01)
        assert np.ptp(rows) / 128 == pytest.approx(2 * length[index], abs=0.03)


def test_a_whole_turn_to_the_next_petal_is_no_turn_and_half_of_one_is():
    none, half, whole = (render(flowers(rotation=share), 48)[0].astype(int) for share in (0.0, 0.5, 1.0))
    assert np.abs(none - whole).max() <= 1
    assert np.abs(none - half).mean() > 3


@pytest.mark.parametrize("name", FACTORS)
def test_every_factor_is_seen(name):
    low, high = (3, 8) if name == "petals" else garden_painter.RANGES[name]
    if name == "rotation":
        high = 0.5  # its range ends where it begins
    first, last = (render(flowers(**{name: value}), 32)[0].astype(float) for value in (low, high))
    assert np.abs(first - last).max() > 40


@pytest.mark.parametrize("resolution", [32, 64])
def test_two_resolutions_show_the_same_flower(resolution):
    factors = Garden(24, 5).factors()
    fine = render(factors, 256).astype(float)
    blocks = fine.reshape(24, 3, resolution, 256 // resolution, resolution, 256 // resolution).mean((3, 5))
    coarse = render(factors, resolution).astype(float)
    assert np.abs(blocks - coarse).mean() < 2
    assert np.abs(blocks - np.roll(coarse, 1, axis=0)).mean() > 20


def test_no_flower_is_cut_by_the_border():
    farthest = (
        max(garden_painter.RANGES["x"][1], -garden_painter.RANGES["x"][0]) + garden_painter.RANGES["petal_length"][1]
    )
    assert farthest < 0.5
    corner = flowers(petals=8, x=0.11, y=0.11, petal_length=0.35, petal_width=1.0)
    mask = red_part(render(corner, 64)[0])
    assert mask.any() and not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def test_factors_may_be_chosen_beyond_those_of_the_garden():
    images = render(flowers(4, petals=np.array([2, 9, 12, 5]), hue=np.array([0.3, 0.4, 0.5, 1.0])), 24)
    assert images.shape == (4, 3, 24, 24) and images.dtype == np.uint8
    assert len(np.unique(images.reshape(4, -1), axis=0)) == 4


def test_unknown_and_missing_factors_are_named():
    with pytest.raises(UserError, match="missing or unknown: hue"):
        render({name: values for name, values in flowers().items() if name != "hue"}, 16)
    with pytest.raises(UserError, match="missing or unknown: scent"):
        render(flowers() | {"scent": np.ones(1)}, 16)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": 0}, "count must be 1 or more"),
        ({"seed": -1}, "the seed 0 or more"),
        ({"imbalance": 0}, "imbalance above 0"),
        ({"val_fraction": 0.5, "test_fraction": 0.5}, "nothing to train on"),
        ({"val_fraction": -0.1}, "sum is below 1"),
        ({"rest": ["rotatoin"]}, "no factor 'rotatoin'; did you mean rotation"),
        ({"rest": ["petals"]}, "no factor 'petals'"),
    ],
)
def test_an_impossible_garden_is_refused(wrong, said):
    with pytest.raises(UserError, match=said):
        Garden(**({"count": 10, "seed": 0} | wrong))


def test_settings_tell_gardens_apart():
    plain = Garden(10, 0).settings()
    changed = [Garden(11, 0), Garden(10, 1), Garden(10, 0, imbalance=2), Garden(10, 0, val_fraction=0.2)]
    changed += [Garden(10, 0, rest=["x"])]
    assert "rest" not in plain  # as it was before there was such a key
    assert plain == Garden(10, 0).settings() and all(plain != garden.settings() for garden in changed)
    assert isinstance(Garden(10, 0), RenderedSource)


def test_a_thousand_flowers_are_painted_in_half_a_second_of_one_core():
    factors = Garden(1000, 0).factors()
    render(factors, 32)
    start = time.process_time()
    render(factors, 32)
    assert time.process_time() - start < 0.5  # measured: 0.06 s on one core
