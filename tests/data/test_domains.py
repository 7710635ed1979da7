"""Sources and targets: pairs that belong together, and domains that share no image."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from genarium.config.compose import composed
from genarium.data.domains import Domains
from genarium.data.sources.garden import render
from genarium.errors import UserError
from genarium.training.build import built

SMALL = ["data.resolution=16", "data.batch_size=8", "name=run"]


def opened(*words: str) -> Domains:
    data = built(composed([*SMALL, *words]).data.module, "data.module")
    data.budget = 10_000
    return data


def garden(*words: str) -> Domains:
    return opened("data=garden_pairs", "data.count=200", *words)


def drawn(path: Path, color: tuple[int, int, int], size: tuple[int, int] = (16, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)


def values(images: torch.Tensor) -> list[int]:
    """The red of each image of one color."""
    return ((images[:, 0, 0, 0] + 1) * 127.5).round().int().tolist()


def test_a_flower_and_its_counterpart_differ_in_the_factor_alone():
    data = garden("data.factor=petal_length", "data.source_value=0.23", "data.target_value=0.34")
    batch = data.examples(10, "val")
    assert not torch.equal(batch.sources, batch.images)
    sources, targets = data.domain_rows("val")
    factors = data.packed.factors
    assert (factors["petal_length"][sources] == 0.23).all() and (factors["petal_length"][targets] == 0.34).all()
    for name in factors.keys() - {"petal_length"}:
        assert (factors[name][sources] == factors[name][targets]).all()
    again = render({name: column[targets] for name, column in factors.items()}, 16)
    assert np.array_equal(again, data.packed.images[targets])


def test_pairs_stay_together_in_every_batch_and_turn_together():
    """Where the counterpart is the negative, each batch says so."""
    data = opened("data=garden", "data.count=200", "data/domains=negative", "data.flip=true")
    for _, batch in zip(range(50), data.train_dataloader(), strict=False):
        assert torch.equal(batch.images, -batch.sources)


def test_the_two_halves_of_unpaired_data_share_no_flower():
    data = garden("data.unpaired=true")
    shown = {"sources": set(), "targets": set()}
    stream = data.train_dataloader()
    for position in range(60):
        shown["sources"] |= set(stream.sources.chosen(position)[0].tolist())
        shown["targets"] |= set(stream.targets.chosen(position)[0].tolist())
    flowers = {name: {row % 200 for row in rows} for name, rows in shown.items()}
    train = set(np.flatnonzero(data.packed.splits[:200] == 0).tolist())
    assert not flowers["sources"] & flowers["targets"] and flowers["sources"] | flowers["targets"] == train


def test_unpaired_sources_meet_other_targets_in_each_epoch():
    stream = garden("data.unpaired=true").train_dataloader()
    met = set()
    for position in range(3 * stream.targets.per_epoch):
        pairs = zip(stream.sources.chosen(position)[0], stream.targets.chosen(position)[0], strict=True)
        met |= {(int(source), int(target)) for source, target in pairs}
    assert len(met) > 2.5 * len({source for source, _ in met})


def test_held_out_images_come_with_their_true_sources_although_training_is_unpaired():
    data = opened("data=garden", "data.count=200", "data/domains=negative", "data.unpaired=true")
    batch = data.examples(10, "val")
    assert torch.equal(batch.images, -batch.sources)


def test_two_classes_of_a_labeled_set_are_two_domains_by_number_or_name():
    data = opened(
        "data=garden", "data.count=200", "data/domains=classes", "data.source_class='3 petals'", "data.target_class=5"
    )
    sources, targets = data.domain_rows("train")
    labels = data.packed.labels
    assert set(labels[sources]) == {0} and set(labels[targets]) == {5} and not data.knows_pairs
    batch = data.examples(4, "train")
    assert batch.sources.shape == batch.images.shape


def test_images_of_the_named_classes_alone_are_two_domains_of_a_function():
    data = opened("data=garden", "data.count=400", "data/domains=negative", "data.only=[2]")
    for split in ("train", "val"):
        sources, targets = data.domain_rows(split)
        assert len(targets) and set(data.packed.labels[np.concatenate([sources, targets])]) == {2}
    assert set(data.packed.labels[data.domain_rows("test")[1]]) > {2}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["data.source_class=rose"], r"no such class"),
        (["data.source_class=9"], "choose 0 to 5"),
        (["data.source_class=1", "data.target_class=1"], "choose two classes"),
    ],
)
def test_classes_that_a_set_lacks_are_told_in_a_sentence(words, sentence):
    with pytest.raises(UserError, match=sentence):
        opened("data=garden", "data.count=200", "data/domains=classes", *words).domain_rows("train")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["data.factor=petal"], "did you mean petals"),
        (["data.source_value=9"], "a whole number from 3 to 8"),
        (["data.target_value=5"], "choose two values"),
    ],
)
def test_a_factor_that_a_flower_cannot_have_is_told_in_a_sentence(words, sentence):
    with pytest.raises(UserError, match=sentence):
        garden(*words)


def test_pairs_side_by_side_are_cut_in_two(tmp_path):
    for number in range(20):
        image = np.zeros((16, 32, 3), np.uint8)
        image[:, :16], image[:, 16:] = number, number + 100
        Image.fromarray(image).save(tmp_path / f"{number}.png")
    data = opened("data=pairs", f"data.path={tmp_path}", "data.flip=false")
    for split in ("train", "val"):
        batch = data.examples(100, split)
        assert [value - 100 for value in values(batch.images)] == values(batch.sources) != []
    batch = next(iter(data.train_dataloader()))
    assert [value - 100 for value in values(batch.images)] == values(batch.sources)
    other = opened("data=pairs", f"data.path={tmp_path}", "data.source_class=b", "data.target_class=a").examples(
        9, "train"
    )
    assert all(
        source == target + 100 for source, target in zip(values(other.sources), values(other.images), strict=True)
    )


def test_pairs_in_two_folders_meet_by_their_names(tmp_path):
    """With another ending, and below folders of splits."""
    for split in ("train", "val"):
        for number in range(10):
            drawn(tmp_path / "A" / split / f"{number}.png", (number, 0, 0))
            drawn(tmp_path / "B" / split / f"{number}.bmp", (number + 100, 0, 0))
    data = opened("data=pairs", f"data.path={tmp_path}", "data.flip=false")
    batch = data.examples(100, "val")
    assert sorted(values(batch.sources)) == list(range(10))
    assert [value - 100 for value in values(batch.images)] == values(batch.sources)


def test_bad_pairs_are_told_in_a_sentence(tmp_path):
    def refused(match: str) -> None:
        with pytest.raises(UserError, match=match):
            _ = opened("data=pairs", f"data.path={tmp_path}").packed

    drawn(tmp_path / "0.png", (0, 0, 0))
    refused("16 x 16 px, and a pair side by side is twice as wide as high")
    drawn(tmp_path / "A" / "1.png", (0, 0, 0))
    refused("has no partner")
    drawn(tmp_path / "B" / "1.png", (0, 0, 0), (20, 16))
    refused("is 16 x 16 px and its partner .* 20 x 16")
    drawn(tmp_path / "B" / "1.png", (0, 0, 0))
    drawn(tmp_path / "B" / "2.png", (0, 0, 0))
    refused(r"2\.png has no partner in .*A: add one of the same name, or remove it")
    drawn(tmp_path / "A" / "2.png", (0, 0, 0))
    drawn(tmp_path / "A" / "2.bmp", (200, 0, 0))
    refused(r"2\.png and .*2\.bmp have one name but for the ending.*: rename or remove one")


def test_two_folders_of_unequal_size_are_two_domains(tmp_path):
    for folder, count in (("one", 30), ("two", 20)):
        for number in range(count):
            drawn(tmp_path / folder / f"{number}.png", (number + 100 * (folder == "two"), 0, 0))
    words = [f"data.path_a={tmp_path}/one", f"data.path_b={tmp_path}/two", "data.val_fraction=0.2"]
    data = opened("data=two_folders", *words)
    sources, targets = set(), set()
    for _, batch in zip(range(20), data.train_dataloader(), strict=False):
        sources |= set(values(batch.sources))
        targets |= set(values(batch.images))
    assert max(sources) < 30 and min(targets) >= 100 and len(sources) > len(targets) and not data.knows_pairs
    with pytest.raises(UserError, match="name the folder of each domain"):
        opened("data=two_folders", f"data.path_a={tmp_path}/one", f"data.path_b={tmp_path}/one")
