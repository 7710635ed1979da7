"""The real sets, on made copies of their layouts and on the real files where they are at hand."""

import gzip
import logging
import struct
from collections import Counter

import numpy as np
import pytest
from hydra.utils import get_class, instantiate
from PIL import Image
from scipy.io import savemat

from genarium.config.compose import composed
from genarium.config.conf_groups import choices
from genarium.data.images import Images
from genarium.data.source import Files, RenderedSource
from genarium.data.sources.animals import ENGLISH, Animals
from genarium.data.sources.dogs import Dogs
from genarium.data.sources.flowers import Flowers
from genarium.data.sources.folder import Folder
from genarium.data.sources.mnist import ARCHIVES, Mnist, resized
from genarium.data.sources.pokemon import Pokemon
from genarium.data.sources.splits import split_of
from genarium.errors import UserError

WHITE = (255, 255, 255)


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4), "teal").save(path)


def flowers(root, splits="generative"):
    return Flowers(root, splits, url="", checksums={})


def dogs(root, crop_to_box=False, val_fraction=0.1, test_fraction=0.1):
    return Dogs(root, crop_to_box, val_fraction, test_fraction, url="", checksums={})


def folder(path, labels="folders", val_fraction=0.1, test_fraction=0.1):
    return Folder(path, labels, WHITE, val_fraction, test_fraction)


def mnist(root, validation=2):
    return Mnist(root, validation, url="", checksums={})


def splits(source):
    return {item.name: item.split for item in source.items()}


# --- splits by name -------------------------------------------------------------------------------------------------


def test_the_split_of_an_image_depends_on_its_name_alone():
    names = [f"a/{number}.png" for number in range(20_000)]
    found = Counter(split_of(name, 0.1, 0.2) for name in names)
    assert [found[split] / 20_000 for split in ("train", "val", "test")] == pytest.approx([0.7, 0.1, 0.2], abs=0.01)
    assert split_of("a/1.png", 0.1, 0.2) == split_of("a/1.png", 0.1, 0.2)
    assert split_of("caf\u00e9", 0.5, 0) == split_of("cafe\u0301", 0.5, 0)  # the same name as two file systems spell it


# --- flowers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_flowers(tmp_path):
    for number in range(1, 7):
        picture(tmp_path / "flowers-102" / "jpg" / f"image_{number:05d}.jpg")
    savemat(tmp_path / "flowers-102" / "imagelabels.mat", {"labels": [[5, 5, 1, 1, 102, 102]]})
    savemat(tmp_path / "flowers-102" / "setid.mat", {"trnid": [[1]], "valid": [[3]], "tstid": [[2, 6, 5, 4]]})
    return tmp_path


def test_flowers_follow_the_official_lists(small_flowers):
    official, generative = flowers(small_flowers, "official"), flowers(small_flowers)
    assert [item.split for item in official.items()] == ["train", "test", "val", "test", "test", "test"]
    assert [item.split for item in generative.items()] == ["test", "train", "val", "train", "train", "train"]
    assert [item.label for item in official.items()] == [4, 4, 0, 0, 101, 101]
    assert official.settings() != generative.settings()
    assert isinstance(official, Files) and not isinstance(official, RenderedSource)


def test_flowers_that_the_lists_name_but_the_folder_lacks_are_counted(small_flowers):
    (small_flowers / "flowers-102" / "jpg" / "image_00004.jpg").unlink()
    with pytest.raises(UserError, match=r"lacks 1 of the 6 images of the official lists, image_00004\.jpg"):
        flowers(small_flowers).items()


def test_a_broken_list_of_flowers_is_named(small_flowers):
    (small_flowers / "flowers-102" / "setid.mat").write_bytes(b"<html>not found</html>" * 20)
    with pytest.raises(UserError, match=r"setid\.mat is not the official MATLAB file"):
        flowers(small_flowers).items()


def test_an_unknown_division_of_flowers_gets_the_nearest_one(tmp_path):
    with pytest.raises(UserError, match="did you mean official"):
        flowers(tmp_path, "offical")


def test_real_flowers_agree_with_torchvision(real_data):
    from torchvision.datasets import Flowers102

    items = {item.path: item for item in flowers(real_data, "official").items()}
    assert len(items) == 8189
    for split, count in {"train": 1020, "val": 1020, "test": 6149}.items():
        theirs = Flowers102(real_data, split)
        assert len(theirs) == count == sum(item.split == split for item in items.values())
        assert [items[path].label for path in theirs._image_files] == theirs._labels
    assert [name.rstrip("?") for name in Flowers102.classes] == list(Flowers.classes)
    assert Counter(splits(flowers(real_data)).values()) == {"train": 6149, "val": 1020, "test": 1020}


# --- dogs -----------------------------------------------------------------------------------------------------------

BREEDS = ("n02085620-Chihuahua", "n02085782-Japanese_spaniel")
BOX = "<object><name>dog</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"


@pytest.fixture
def small_dogs(tmp_path):
    for breed in BREEDS:
        for number in range(20):
            name = f"{breed}/{breed[:9]}_{number}"
            picture(tmp_path / "dogs" / "Images" / f"{name}.jpg")
            annotation = tmp_path / "dogs" / "Annotation" / name
            annotation.parent.mkdir(parents=True, exist_ok=True)
            boxes = BOX.format(0, 0, 2, 2) + BOX.format(1, 0, 4, 3)
            annotation.write_text(f"<annotation>{boxes}</annotation>")
    return tmp_path


def write_lists(root, train, test):
    for name, files in {"train": train, "test": test}.items():
        cells = np.array(files, dtype=object)[:, None]
        savemat(root / "dogs" / f"{name}_list.mat", {"file_list": cells})


def test_dogs_follow_the_official_lists_where_they_are(small_dogs):
    names = [f"{breed}/{breed[:9]}_{number}.jpg" for breed in BREEDS for number in range(20)]
    write_lists(small_dogs, train=names[10:], test=names[:10])
    source = dogs(small_dogs, val_fraction=0.3)
    found = splits(source)
    assert {name for name, split in found.items() if split == "test"} == {f"Images/{name}" for name in names[:10]}
    assert set(list(found.values())) == {"train", "val", "test"}
    assert source.classes == ("Chihuahua", "Japanese spaniel")
    assert [item.label for item in source.items()] == [0] * 20 + [1] * 20
    assert source.settings()["splits_by"] == "official lists"


def test_dogs_without_lists_are_split_by_their_names_and_say_so(small_dogs, caplog):
    with caplog.at_level(logging.WARNING):
        before = splits(dogs(small_dogs, test_fraction=0.3))
    assert "no official lists" in caplog.text and dogs(small_dogs).settings()["splits_by"] == "hash of the name"
    picture(small_dogs / "dogs" / "Images" / BREEDS[0] / "another.jpg")
    after = splits(dogs(small_dogs, test_fraction=0.3))
    assert len(after) == 41 and before.items() <= after.items()


def test_dogs_are_cropped_to_the_largest_box_when_asked(small_dogs):
    assert {item.box for item in dogs(small_dogs, crop_to_box=True).items()} == {(1, 0, 4, 3)}
    assert {item.box for item in dogs(small_dogs).items()} == {None}
    assert dogs(small_dogs, crop_to_box=True).settings() != dogs(small_dogs).settings()


def test_boxes_that_are_asked_for_and_absent_are_an_error(small_dogs):
    (small_dogs / "dogs" / "Annotation" / BREEDS[1] / "n02085782_3").write_text("<annotation></annotation>")
    with pytest.raises(UserError, match="n02085782_3 holds no box"):
        dogs(small_dogs, crop_to_box=True).items()
    (small_dogs / "dogs" / "Annotation").rename(small_dogs / "elsewhere")
    with pytest.raises(UserError, match=r"data\.crop_to_box needs the boxes .* or set data\.crop_to_box=false"):
        dogs(small_dogs, crop_to_box=True).items()


def test_real_dogs_have_120_breeds(real_data):
    source = dogs(real_data)
    items = source.items()
    assert len(source.classes) == 120 and {"Chihuahua", "African hunting dog"} <= set(source.classes)
    assert Counter(item.label for item in items) == dict.fromkeys(range(120), 52)
    assert all(source.classes[item.label].replace(" ", "_") in item.name for item in items)


# --- animals, pokemon -----------------------------------------------------------------------------------------------


@pytest.fixture
def small_animals(tmp_path):
    for animal in ENGLISH:
        picture(tmp_path / "animals10" / "raw-img" / animal / "OIP-1.jpeg")
        picture(tmp_path / "animals10" / "raw-img" / animal / "eb3.png")
    (tmp_path / "animals10" / "translate.py").write_text("translate = {}")
    return tmp_path


def animals(root):
    return Animals(root, 0.1, 0.1, handle="")


def test_animals_get_their_english_names(small_animals):
    source = animals(small_animals)
    names = {source.classes[item.label] for item in source.items() if "/cane/" in item.name}
    assert names == {"dog"} and len(source.items()) == 20 and len(source.classes) == 10
    assert [item.name for item in source.items()] == sorted(item.name for item in source.items())


def test_a_missing_animal_is_named(small_animals):
    (small_animals / "animals10" / "raw-img" / "ragno").rename(small_animals / "spider")
    with pytest.raises(UserError, match="ragno is missing: run `genarium data animals`"):
        animals(small_animals).items()


def pokemon(root, variant="png", background=WHITE):
    return Pokemon(root, variant, background, 0.1, 0.1, handle="")


def test_both_variants_of_a_pokemon_lie_in_the_same_split(real_data):
    png, jpg = pokemon(real_data), pokemon(real_data, "jpg")
    assert len(png.items()) == len(jpg.items()) == 819
    stems = {item.path.stem: item.split for item in png.items()}
    assert stems == {item.path.stem: item.split for item in jpg.items()}
    assert set(stems.values()) == {"train", "val", "test"}
    assert png.classes == () and {item.label for item in png.items()} == {0}


def test_the_background_of_pokemon_is_a_color_and_part_of_the_settings(tmp_path):
    assert pokemon(tmp_path, background=[0, 128, 255]).background == (0, 128, 255)
    assert pokemon(tmp_path, background=[0, 0, 0]).settings() != pokemon(tmp_path).settings()
    for wrong in ([255, 255], [0, 0, 256], [0.5, 0, 0]):
        with pytest.raises(UserError, match="is no color"):
            pokemon(tmp_path, background=wrong)
    with pytest.raises(UserError, match="did you mean jpg"):
        pokemon(tmp_path, "jpeg")


@pytest.mark.parametrize(
    ("make", "named"), [(flowers, "flowers"), (dogs, "dogs"), (animals, "animals"), (pokemon, "pokemon")]
)
def test_absent_files_name_the_command_that_fetches_them(tmp_path, make, named):
    with pytest.raises(UserError, match=rf"run `genarium data {named}` .* or set data\.root"):
        make(tmp_path).items()


# --- mnist ----------------------------------------------------------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.fixture
def small_mnist(tmp_path):
    place = tmp_path / "MNIST" / "raw"
    place.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for part, count in {"train": 8, "test": 3}.items():
        images = generator.integers(0, 256, (count, 28, 28))
        for kind, values in {"images": images, "labels": np.arange(count)}.items():
            (place / ARCHIVES[f"{part}_{kind}"]).write_bytes(gzip.compress(idx(values)))
    return tmp_path


def test_digits_are_as_they_are_at_28_and_bordered_at_32(small_mnist):
    source = mnist(small_mnist)
    plain, bordered = source.render(28).images, source.render(32).images
    assert plain.shape == (11, 1, 28, 28) and np.array_equal(plain, bordered[:, :, 2:-2, 2:-2])
    assert bordered.sum() == plain.sum()  # the border is black
    assert isinstance(source, RenderedSource) and not isinstance(source, Files)


def test_digits_of_any_other_size_keep_their_mean():
    digit = np.zeros((1, 1, 28, 28), np.uint8)
    digit[:, :, 8:20, 8:20] = 200
    for resolution in (14, 56, 64):
        small = resized(digit, resolution)
        assert small.shape == (1, 1, resolution, resolution) and small.dtype == np.uint8
        assert small.mean() == pytest.approx(digit.mean(), rel=0.02)


def test_the_last_training_digits_validate_and_the_official_test_tests(small_mnist):
    drawing = mnist(small_mnist, validation=2).render(28)
    assert drawing.splits.tolist() == [0] * 6 + [1] * 2 + [2] * 3
    assert drawing.labels.tolist() == [*range(8), *range(3)] and drawing.labels.dtype == np.int64
    with pytest.raises(UserError, match="leaves none of the 8 digits"):
        mnist(small_mnist, validation=8).render(28)


def test_unpacked_digits_are_read_too_and_changed_ones_are_noticed(small_mnist):
    before, first = mnist(small_mnist).settings(), mnist(small_mnist).render(28)
    archive = small_mnist / "MNIST" / "raw" / ARCHIVES["train_images"]
    archive.with_suffix("").write_bytes(gzip.decompress(archive.read_bytes()))
    archive.unlink()
    assert np.array_equal(first.images, mnist(small_mnist).render(28).images)
    assert mnist(small_mnist).settings() != before


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda data: gzip.compress(gzip.decompress(data)[:-1])])
def test_damaged_digits_are_named(small_mnist, damage):
    archive = small_mnist / "MNIST" / "raw" / ARCHIVES["test_images"]
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(UserError, match=r"t10k-images-idx3-ubyte\.gz is no whole idx file"):
        mnist(small_mnist).render(28)


def test_real_digits_are_the_official_ones(real_data):
    drawing = mnist(real_data, 10_000).render(28)
    assert np.bincount(drawing.splits).tolist() == [50_000, 10_000, 10_000]
    assert np.bincount(drawing.labels[:60_000]).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert drawing.images[:60_000].mean() / 255 == pytest.approx(0.1307, abs=1e-4)  # the constant of every tutorial


# --- any folder -----------------------------------------------------------------------------------------------------


def test_a_plain_folder_has_no_classes(tmp_path):
    for name in ("b.jpg", "a.PNG", "10.png", "2.png"):
        picture(tmp_path / name)
    source = folder(tmp_path)
    assert source.classes == () and [item.name for item in source.items()] == ["10.png", "2.png", "a.PNG", "b.jpg"]


def test_first_subfolders_are_classes_unless_they_are_to_mean_nothing(tmp_path):
    for name in ("cats/1.png", "cats/kittens/2.png", "ants/3.png"):
        picture(tmp_path / name)
    source = folder(tmp_path)
    assert source.classes == ("ants", "cats")
    assert {item.name: item.label for item in source.items()} == {
        "ants/3.png": 0,
        "cats/1.png": 1,
        "cats/kittens/2.png": 1,
    }
    assert folder(tmp_path, "none").classes == () and {item.label for item in folder(tmp_path, "none").items()} == {0}


def test_hidden_files_and_other_kinds_are_left_out(tmp_path):
    for name in ("1.png", ".2.png", ".thumbnails/3.png", "__MACOSX/4.png"):
        picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not an image")
    assert [item.name for item in folder(tmp_path).items()] == ["1.png"]


def test_split_folders_are_honoured(tmp_path):
    for name in ("train/x/1.png", "train/y/2.png", "valid/x/3.png", "test/y/4.png"):
        picture(tmp_path / name)
    source = folder(tmp_path, val_fraction=0.5, test_fraction=0.4)
    assert source.classes == ("x", "y")
    assert splits(source) == {
        "train/x/1.png": "train",
        "train/y/2.png": "train",
        "valid/x/3.png": "val",
        "test/y/4.png": "test",
    }


def test_a_split_without_a_folder_is_taken_from_the_training_images(tmp_path):
    for number in range(60):
        picture(tmp_path / "train" / f"{number}.png")
    picture(tmp_path / "test" / "1.png")
    found = splits(folder(tmp_path, val_fraction=0.3, test_fraction=0.3))
    assert Counter(found.values())["test"] == 1 and 5 < Counter(found.values())["val"] < 35


def test_a_link_that_leads_back_up_is_followed_once(tmp_path):
    picture(tmp_path / "real" / "1.png")
    (tmp_path / "real" / "again").symlink_to(tmp_path)
    assert [item.name for item in folder(tmp_path).items()] == ["real/1.png"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a/1.png", "2.png"], "images outside of them .* data.labels=none"),
        (["train/a/1.png", "extra/2.png"], "an image outside of them, extra/2.png"),
        ([], "holds no images"),
    ],
)
def test_a_folder_that_is_unclear_or_empty_is_an_error(tmp_path, names, said):
    for name in names:
        picture(tmp_path / name)
    source = folder(tmp_path)
    with pytest.raises(UserError, match=said):
        source.items()


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UserError, match=r"nowhere is no folder; set data\.path"):
        folder(tmp_path / "nowhere").items()


# --- configuration --------------------------------------------------------------------------------------------------

OPTIONS = sorted(name for name in choices("data") if not name.startswith(("mixture", "dirac")))  # those are points
SIGNALS = ("ecg", "mnist1d", "signals")


@pytest.mark.parametrize("name", OPTIONS)
def test_every_set_of_the_configuration_is_a_source_under_its_own_name(name, tmp_path):
    elsewhere = {"folder": ["path"], "pairs": ["path"], "two_folders": ["path_a", "path_b"], "signals": ["path"]}
    own = [*elsewhere.get(name, []), *(["root"] if name not in SIGNALS else [])]
    cfg = composed([f"data={name}", "seed=3", *(f"data.{key}={tmp_path / key}" for key in own)])
    source = instantiate(cfg.data.module.source)
    assert source.name == cfg.data.name == name.removesuffix("_binary")
    assert callable(source.download) and callable(source.settings)
    assert cfg.data.module.seed == 3 and issubclass(get_class(cfg.data.module._target_), Images)
    assert " — " in choices("data")[name]  # `genarium list data` shows a title and where it comes from


@pytest.mark.parametrize("name", ["flowers", "animals", "mnist", "mnist_stacked", "garden"])
def test_the_configuration_knows_the_number_of_classes(name, tmp_path):
    cfg = composed([f"data={name}", f"data.root={tmp_path}"])
    assert cfg.data.classes == len(instantiate(cfg.data.module.source).classes)


def test_a_garden_in_the_configuration_does_not_change_with_the_seed_of_the_run():
    first, second, other = (
        instantiate(composed(["data=garden", *words]).data.module.source).settings()
        for words in (["seed=0"], ["seed=1"], ["data.dataset_seed=1"])
    )
    assert first == second != other
