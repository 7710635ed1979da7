"""One-class training sets."""

import numpy as np
import pytest

from genarium.config.compose import composed
from genarium.data.images import Images
from genarium.errors import UserError
from genarium.training.build import built
from small import SMALL


def garden(*overrides: str) -> Images:
    return built(composed(["model=ae", *SMALL, "name=run", *overrides]).data.module, "data.module")


def test_images_of_the_named_classes_alone_train_and_validate_and_the_test_split_keeps_all():
    data, whole = garden("data.only=[1,4]"), garden()
    data.budget = 256
    labels = whole.packed.labels
    for split in ("train", "val"):
        rows = whole.split_indices(split)
        assert [*data.split_indices(split)] == [row for row in rows if labels[row] in (1, 4)]
    assert np.array_equal(data.split_indices("test"), whole.split_indices("test"))
    assert {label for batch in data.train_dataloader() for label in batch.labels.tolist()} == {1, 4}
    assert len(garden("data.only=1", "data.train_count=5").split_indices("train")) == 5


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("data.only=[6]", r"data.only has 6, no label of the set; they are 0 to 5: set data.only=\[5\]"),
        ("data.only=[roses]", "data.only has 'roses', no label"),
        ("data.only=roses", "data.only has 'roses', no label"),
    ],
)
def test_a_class_that_the_set_has_not_is_one_sentence(word, said):
    with pytest.raises(UserError, match=said):
        garden(word).split_indices("train")
