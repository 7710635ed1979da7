"""Unbalanced training sets."""

import numpy as np
import pytest
from PIL import Image

from genarium.config.compose import composed
from genarium.data.images import Images
from genarium.errors import UserError
from genarium.training.build import built
from small import SMALL


def opened(*overrides: str) -> Images:
    return built(composed(["model=ae", *SMALL, "name=run", *overrides]).data.module, "data.module")


def counts(data: Images, split: str) -> np.ndarray:
    return np.bincount(data.packed.labels[data.split_indices(split)], minlength=data.classes)


def test_a_class_is_thinned_where_models_train_and_validate_and_the_test_split_keeps_all():
    thin, whole = opened("data.class_shares=[1,1,0.1,1,1,1]"), opened()
    for split in ("train", "val"):
        before, after = counts(whole, split), counts(thin, split)
        assert (
            after[2] == max(1, round(0.1 * before[2]))
            and (after == before).tolist() == [True] * 2 + [False] + [True] * 3
        )
    assert np.array_equal(thin.split_indices("test"), whole.split_indices("test"))
    assert thin.class_counts == counts(thin, "train").tolist() and whole.modes == (6,) and thin.modes == ()


def test_a_folder_of_ones_own_becomes_unbalanced_by_its_labels(here):
    for label, folder in enumerate(("common", "rare")):
        (here / "mine" / folder).mkdir(parents=True)
        for number in range(20):
            Image.new("RGB", (8, 8), (12 * number, 100 * label, 0)).save(here / "mine" / folder / f"{number}.png")
    words = ["model=ae", "data=folder", "data.path=mine", "data.resolution=8", "data.classes=2", "name=run"]
    data = built(composed([*words, "data.class_shares=[1,0.2]"]).data.module, "data.module")
    common, rare = counts(data, "train")
    assert common > 10 and 1 <= rare <= 4


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("data.class_shares=[1,0.5]", r"data.class_shares=\[1, 0.5\] must be a list of 6 numbers above 0, 1 at most"),
        ("data.class_shares=[1,1,0,1,1,1]", "must be a list of 6 numbers above 0"),
        ("data.class_shares=abcdef", "data.class_shares=abcdef must be a list of 6 numbers"),
    ],
)
def test_shares_that_do_not_fit_the_classes_are_one_sentence(word, said):
    with pytest.raises(UserError, match=said):
        opened(word).split_indices("train")
