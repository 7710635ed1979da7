"""What subfolders mean: no image of a test is trained on unasked, however its folder is called."""

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from genarium.data.sources.folder import Folder
from genarium.data.sources.layout import split_word
from genarium.errors import UserError


def folder(path: Path, names: list[str], **changes) -> Folder:
    """A folder with a small picture at each of `names`."""
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), "teal").save(path / name)
    settings = {"labels": "folders", "background": (255,) * 3, "val_fraction": 0.0, "test_fraction": 0.0} | changes
    return Folder(path, **settings)


def splits(source: Folder) -> dict[str, set[str]]:
    """Split -> the names in it."""
    found: dict[str, set[str]] = {}
    for item in source.items():
        found.setdefault(item.split, set()).add(item.name)
    return found


@pytest.mark.parametrize(
    ("train", "heldout", "split"),
    [
        ("Train", "Test", "test"),
        ("TRAIN", "VAL", "val"),
        ("Training", "Testing", "test"),
        ("training_set", "test_set", "test"),
        ("train", "dev", "val"),
        ("train images", "validation images", "val"),
        ("train2017", "val2017", "val"),
        ("train-set", "Valid", "val"),
        ("01_training", "02_test", "test"),
        ("trainset", "holdout", "test"),
    ],
)
@pytest.mark.parametrize("pattern", ["{split}/{name}/{number}.png", "{name}/{split}/{number}.png"])
def test_split_folders_are_read_in_any_spelling_above_and_below_the_classes(tmp_path, train, heldout, split, pattern):
    word = {"train": train, split: heldout}
    names = {
        key: {pattern.format(split=word[key], name=name, number=number) for name in ("cat", "dog") for number in (1, 2)}
        for key in word
    }
    source = folder(tmp_path, sorted(names["train"] | names[split]))
    assert source.classes == ("cat", "dog") and splits(source) == names
    assert Counter(item.label for item in source.items()) == {0: 4, 1: 4}


@pytest.mark.parametrize("name", ["pretrained", "trains", "contest", "valley", "devices", "tested", "bullet_train"])
def test_words_that_only_begin_or_end_like_a_split_are_none(name):
    assert split_word(name) is None


@pytest.mark.parametrize(
    "names",
    [
        ["exam/1.png", "test/2.png"],
        ["test/1.png", "val/2.png"],
        ["cat/1.png", "cat/test/2.png", "dog/1.png"],
        ["a/x/train/1.png", "a/x/test/2.png", "b/y/train/1.png"],
        ["seg_train/cat/1.png", "seg_test/cat/2.png", "seg_pred/3.png"],
        ["Training/cat/1.png", "PublicTest/cat/2.png", "PrivateTest/cat/2.png"],
        ["cats_train/1.png", "cats_test/2.png"],
        ["car/1.png", "train/2.png", "boat/3.png"],
        ["cat/train/1.png", "cat/test/2.png", "dog/3.png"],
        ["train/cat/1.png", "train/test/2.png"],
    ],
)
def test_where_it_is_not_clear_what_is_held_out_the_sentence_names_a_key_that_works(tmp_path, names):
    source = folder(tmp_path, names, labels="none")
    with pytest.raises(UserError, match=r"data\.split_folders=") as caught:
        source.items()
    way = str(caught.value).partition("data.split_folders=")[2].split()[0]
    assert len(folder(tmp_path, [], labels="none", split_folders=way).items()) == len(names)


def test_a_class_that_is_called_train_can_be_had_without_and_with_split_folders(tmp_path):
    source = folder(tmp_path / "a", ["car/1.png", "train/2.png", "boat/3.png"], split_folders="none")
    assert source.classes == ("boat", "car", "train") and set(splits(source)) == {"train"}
    names = ["train/car/1.png", "train/train/2.png", "test/car/1.png", "test/train/2.png"]
    with pytest.raises(UserError, match="split_folders=above"):
        folder(tmp_path / "b", names).items()
    source = folder(tmp_path / "b", [], split_folders="above")
    assert source.classes == ("car", "train") and len(splits(source)["test"]) == 2


def test_a_folder_wrapped_in_one_of_its_own_name_is_one(tmp_path):
    source = folder(tmp_path, ["train/train/cat/1.png", "train/train/dog/1.png", "test1/test/cat/2.png"])
    assert source.classes == ("cat", "dog") and splits(source)["test"] == {"test1/test/cat/2.png"}


def test_one_folder_too_many_is_named_with_the_path_that_works(tmp_path):
    with pytest.raises(UserError, match=r"one class, archive, with the folders cat and dog inside") as caught:
        folder(tmp_path, ["archive/cat/1.png", "archive/dog/2.png"]).items()
    path = str(caught.value).partition("data.path=")[2].split()[0]
    assert folder(Path(path), []).classes == ("cat", "dog")
    assert len(folder(tmp_path, [], labels="none").items()) == 2
    with pytest.raises(UserError, match="one folder up"):
        folder(tmp_path / "b", ["train/x/cat/1.png", "train/x/dog/2.png"]).items()
    with pytest.raises(UserError, match=r"data\.path=\S+/x "):
        folder(tmp_path / "c", ["x/train/cat/1.png", "x/test/dog/2.png"]).items()


def test_empty_folders_are_counted(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    assert folder(tmp_path, ["cat/1.png", "dog/2.png"]).left_out == {"folders without images": 3}


def test_one_class_is_one_however_its_accent_is_stored(tmp_path):
    source = folder(tmp_path, ["train/caf\u00e9/1.png", "test/cafe\u0301/2.png", "train/x/3.png"])
    assert source.classes == ("caf\u00e9", "x")


def test_an_unknown_way_and_a_way_that_is_not_there_are_named(tmp_path):
    with pytest.raises(UserError, match="did you mean none"):
        folder(tmp_path, ["a/1.png"], split_folders="non").items()
    with pytest.raises(UserError, match="split folders"):
        folder(tmp_path, ["a/1.png"], split_folders="below").items()
