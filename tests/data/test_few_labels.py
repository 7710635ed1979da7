import numpy as np
import pytest
import torch

from genarium.config.compose import composed
from genarium.data.few_labels import few_labels, halves, labeled_rows
from genarium.data.images import Images
from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.build import built
from genarium.training.checkpoint import restore
from genarium.training.fit import train
from small import SMALL

QUIET = [f"callbacks.{name}=null" for name in ("validate", "samples", "traversals", "interpolations", "progress")]


def garden(*overrides: str) -> Images:
    data = built(composed(["model=gan_semisupervised", *SMALL, "name=run", *overrides]).data.module, "data.module")
    data.budget = 256
    return data


def known(data: Images) -> dict[int, int]:
    """Packed row -> label of every image whose label the batches that train tell."""
    stream = data.train_dataloader()
    labels = stream.labeled.shelf.labels.numpy()
    assert {*np.flatnonzero(labels >= 0)} <= {*data.split_indices("train")}
    told = np.concatenate([batch.labels for batch in stream])
    assert (told[:, None] == [*range(-1, 6)]).any(1).all() and (told == -1).any()
    return {row: labels[row] for row in np.flatnonzero(labels >= 0)}


def test_so_many_training_images_of_each_class_keep_their_label_and_whoever_measures_is_told_all():
    data = garden("data.labels_per_class=3")
    kept = known(data)
    assert np.bincount([*kept.values()]).tolist() == [3] * 6
    assert all(data.packed.labels[row] == label for row, label in kept.items())
    for split in ("train", "val"):
        batches = data.validation_batches(32, split)
        assert all((batch.labels >= 0).all() for batch in batches)
        assert (data.examples(20, split).labels >= 0).all()


def test_the_labels_that_are_kept_follow_the_seed_and_the_training_images_in_use():
    few = "data.labels_per_class=3"
    assert known(garden(few)) == known(garden(few)) != known(garden(few, "seed=1"))
    fewer = garden(few, "data.train_count=100")
    assert {*known(fewer)} <= {*fewer.split_indices("train")}


def test_hidden_labels_leave_the_packed_set_as_it_is():
    hidden, all_told = garden("data.labels_per_class=3"), garden()
    known(hidden)
    all_told.setup()
    assert hidden.packed.folder == all_told.packed.folder
    assert (hidden.packed.labels == all_told.packed.labels).all() and hidden.packed.labels.min() == 0
    assert min(batch.labels.min() for batch in all_told.train_dataloader()) == 0


def test_more_labels_than_the_smallest_class_has_are_one_sentence():
    labels = np.array([0, 0, 0, 1, 1, 0])
    for count in (0, 3):
        with pytest.raises(UserError, match="the smallest class has 2 training images"):
            few_labels(labels, np.arange(5), count, seed=0)


def test_few_labels_are_met_as_often_as_all_the_images_without():
    labels = np.array([-1, 7, -1, -1, 8, -1])
    rows = np.array([0, 1, 2, 3, 4])
    assert sorted(labeled_rows(rows, labels).tolist()) == [1, 1, 1, 4, 4]


def test_one_half_of_a_batch_is_of_all_images_each_once_an_epoch_and_the_other_of_labeled_ones():
    """A game on the first half sees all images equally often, however few are labeled."""
    data = garden("data.labels_per_class=1", "data.flip=false")
    data.setup()
    data.budget = 2 * len(data.split_indices("train"))
    batches = [*data.train_dataloader()]
    assert all(batch.again == 16 and len(batch.images) == 32 for batch in batches)
    assert all((batch.labels[16:] >= 0).all() and (batch.labels >= 0).sum() <= 16 + 6 for batch in batches)
    first = torch.cat([batch.images[:16] for batch in batches[: len(data.split_indices("train")) // 16]])
    assert len(first.flatten(1).unique(dim=0)) == len(first) > 200
    assert torch.cat([batch.labels[16:] for batch in batches]).bincount(minlength=6).min() > 30


def test_a_batch_that_has_no_halves_for_each_device_is_one_sentence_whose_remedy_works():
    assert halves(32, 1) == halves(32, 4) == (16, 16) and halves(5, 1) == (3, 2)
    for size, world, remedy in ((1, 1, 2), (6, 2, 8), (2, 2, 4)):
        with pytest.raises(UserError, match=f"data.batch_size={remedy}, or"):
            halves(size, world)
        assert halves(remedy, world) == (remedy // 2, remedy // 2)


def test_devices_share_out_both_halves():
    """The parts of two devices hold, together, the halves of one device's batch."""
    data, parts = garden("data.labels_per_class=2"), []
    (whole,) = list(data.train_dataloader())[:1]
    for rank in range(2):
        data.place = lambda rank=rank: (rank, 2)
        parts.append(next(iter(data.train_dataloader())))
    both = lambda name, part: torch.cat([getattr(batch, name)[part] for batch in parts])
    for name in ("images", "labels"):
        assert torch.equal(both(name, slice(8)), getattr(whole, name)[:16])
        assert torch.equal(both(name, slice(8, None)), getattr(whole, name)[16:])


def test_a_model_that_learns_nothing_from_labels_refuses_few(tmp_path):
    with pytest.raises(UserError, match="dcgan learns nothing from labels"):
        train(composed(["model=dcgan", *SMALL, "data.labels_per_class=3", "name=run"]), Run(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("model", ["cgan", "acgan", "projection_gan", "cvae"])
def test_models_that_need_every_label_refuse_few(model, tmp_path):
    words = [f"model={model}", *SMALL, "data.labels_per_class=3", "name=run"]
    with pytest.raises(UserError, match=f"{model} needs the label of every image"):
        train(composed(words), Run(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_semi_supervised_gan_tells_digits_from_ten_labels_of_each(real_data, tmp_path):
    words = ["model=gan_semisupervised", "data=mnist", f"data.root={real_data}", "data.resolution=28"]
    words += ["data.labels_per_class=10", "data.batch_size=64", "logger=none", "trainer=cpu"]
    words += [
        "model.generator.decoder.width=16",
        "model.discriminator.trunk.encoder.width=16",
        "total_images=9600",
        "name=run",
        *QUIET,
    ]
    config, run = composed(words), Run(tmp_path / "run")
    train(config, run)
    model, data = restore(run), built(config.data.module, "data.module")
    with model.evaluating(seed=0):
        right = [model.classify(x).argmax(1) == y for x, y, *_ in data.validation_batches(500, "val", count=1000)]
    assert torch.cat(right).float().mean() > 0.5  # chance is 0.1
