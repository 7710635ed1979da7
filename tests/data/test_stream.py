"""The order of training: every image once an epoch, wherever it is resumed, however it is shared out."""

from itertools import chain

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from pictures import FakeDrawing

from genarium.data.image_store import ImageStore
from genarium.data.images import Images
from genarium.data.packing.pack import pack
from genarium.data.stream import Stream, mirrored, order
from genarium.errors import UserError

COUNT, TRAIN = 60, 45  # of FakeDrawing: the first three quarters train; image i is labeled i


@pytest.fixture
def shelf(tmp_path) -> ImageStore:
    return ImageStore(pack(FakeDrawing(COUNT), 4, 3, "center", tmp_path, 0), torch.device("cpu"))


def stream(
    shelf: ImageStore, length: int = 12, seed: int = 0, flip: bool = True, start: int = 0, **place: int
) -> Stream:
    return Stream(shelf, np.arange(TRAIN), 8, length, seed, flip, lambda: start, **place)


def labels(batches) -> list[list[int]]:
    return [batch.labels.tolist() for batch in batches]


def same(left, right) -> bool:
    left, right = list(left), list(right)
    return len(left) == len(right) and all(
        torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels) for a, b in zip(left, right, strict=True)
    )


def test_no_image_is_seen_twice_in_an_epoch_and_only_the_last_incomplete_batch_is_left_out(shelf):
    seen = labels(stream(shelf))
    assert len(seen) == 12 == len(stream(shelf))
    for epoch in (seen[:5], seen[5:10]):  # 45 // 8 batches each
        flat = [*chain(*epoch)]
        assert len(set(flat)) == len(flat) == 40 and set(flat) <= set(range(TRAIN))
    assert seen[:5] != seen[5:10]


def test_every_image_is_seen_in_the_long_run_also_those_that_an_epoch_leaves_out(shelf):
    assert set(chain(*labels(stream(shelf, length=50)))) == set(range(TRAIN))


def test_the_parts_of_two_and_of_four_devices_side_by_side_are_the_batch_of_one(shelf):
    whole = list(stream(shelf))
    for world in (2, 4):
        parts = zip(*(stream(shelf, rank=rank, world=world) for rank in range(world)), strict=True)
        for batch, shares in zip(whole, parts, strict=True):
            assert all(len(share.labels) == 8 // world for share in shares)
            assert torch.equal(batch.images, torch.cat([share.images for share in shares]))
            assert torch.equal(batch.labels, torch.cat([share.labels for share in shares]))


@pytest.mark.parametrize("start", [0, 1, 4, 5, 7, 12])
def test_resumed_anywhere_the_batches_are_those_of_the_uninterrupted_run(shelf, start):
    assert same(list(stream(shelf))[start:], stream(shelf, start=start))


def test_the_same_seed_gives_the_same_batches_and_another_one_does_not_and_zero_is_a_seed(shelf):
    assert same(stream(shelf), stream(shelf))
    assert len({str(labels(stream(shelf, seed=seed))) for seed in (0, 1, 2)}) == 3
    assert labels(stream(shelf, seed=0))[0] != list(range(8))


def test_half_of_the_images_are_turned_anew_in_each_epoch_and_the_same_by_seed(shelf):
    first, second = mirrored(0, 0, 10_000), mirrored(0, 1, 10_000)
    assert abs(first.mean() - 0.5) < 0.02 and abs((first == second).mean() - 0.5) < 0.02
    assert (first == mirrored(0, 0, 10_000)).all() and (first != mirrored(1, 0, 10_000)).any()
    assert abs(np.corrcoef(order(0, 0, 10_000), first)[0, 1]) < 0.04
    sides = set()
    for batch in stream(shelf):
        marked = batch.images * 127.5 + 127.5 - batch.labels[:, None, None, None]  # 1 in the column that was left
        left, right = marked[..., 0].round().eq(1).all((1, 2)), marked[..., -1].round().eq(1).all((1, 2))
        assert (left ^ right).all()
        sides |= {*right.tolist()}
    assert sides == {True, False}
    for batch in stream(shelf, flip=False):
        assert ((batch.images * 127.5 + 127.5).round()[:, 0, 0, 0] == batch.labels + 1).all()


def test_turning_depends_on_image_and_epoch_and_not_on_its_place():
    turned = mirrored(3, 0, TRAIN)
    assert turned.any() and not turned.all()
    assert (mirrored(3, 0, TRAIN)[order(3, 0, TRAIN)] == turned[order(3, 0, TRAIN)]).all()


def test_a_batch_larger_than_the_set_or_not_divisible_by_the_devices_is_one_sentence(shelf):
    with pytest.raises(UserError, match=r"batch_size=64 is larger than the set, which has 45 .* choose 45 or less"):
        Stream(shelf, np.arange(TRAIN), 64, 3, 0, True, lambda: 0)
    with pytest.raises(UserError, match=r"batch_size=8 cannot be shared out among 3 devices: choose a multiple of 3"):
        stream(shelf, rank=0, world=3)


class Watcher(pl.LightningModule):
    """Remembers the labels it was shown; its clock is in the checkpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.register_buffer("batches", torch.tensor(0))
        self.shown: list[list[int]] = []

    def training_step(self, batch, batch_idx):
        self.shown.append(batch.labels.tolist())
        self.batches += 1
        return (self.weight * batch.images).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


class StopAfter(pl.Callback):
    def __init__(self, batches: int, path) -> None:
        self.batches, self.path = batches, path

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
        if module.batches == self.batches:
            trainer.save_checkpoint(self.path)
            trainer.should_stop = True


def fit(tmp_path, callbacks=(), resume=None) -> Watcher:
    data = Images(FakeDrawing(COUNT), 4, 3, 8, "center", True, 0, tmp_path / "cache", seed=0)
    model = Watcher()
    data.budget, data.start = 100, lambda: int(model.batches)
    trainer = pl.Trainer(
        max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, callbacks=list(callbacks), default_root_dir=tmp_path,
    )  # fmt: skip
    trainer.fit(model, datamodule=data, ckpt_path=resume, weights_only=True if resume else None)
    return model


@pytest.mark.filterwarnings("ignore:.*isinstance.treespec")  # Lightning 2.6 beside torch 2.15
@pytest.mark.filterwarnings("ignore:The .srun. command")  # what Lightning says wherever SLURM is installed
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("stop", [3, 5, 7])
def test_lightning_takes_the_run_as_one_epoch_without_a_warning_and_resumes_in_its_middle(tmp_path, stop):
    whole = fit(tmp_path)
    assert len(whole.shown) == 13  # ceil(100 / 8)
    first = fit(tmp_path, [StopAfter(stop, tmp_path / "last.ckpt")])
    assert first.shown == whole.shown[:stop]
    assert fit(tmp_path, resume=tmp_path / "last.ckpt").shown == whole.shown[stop:]
