"""What would end a run at its first steps is said before anything is written."""

import math

import pytest
from omegaconf import OmegaConf

from genarium.config import compose
from genarium.errors import UserError
from genarium.training.build import prepare
from genarium.training.rehearsal import PERIOD, alike
from small import SMALL, tiny


def prepared(model: str, *words: str):
    config = compose.composed([f"model={model}", *SMALL, "total_images=64", *tiny(model), *words])
    OmegaConf.resolve(config)
    return prepare(config)


def refused(model: str, *words: str) -> str:
    with pytest.raises(UserError) as error:
        prepared(model, *words)
    return str(error.value)


@pytest.mark.parametrize("model", ["ae_recurrent", "cogan"])
def test_the_least_batch_is_named_and_works(model):
    size = ["data.resolution=32"]
    assert "set data.batch_size=2" in refused(model, *size, "data.batch_size=1")
    prepared(model, *size, "data.batch_size=2")
    prepared(model, *size, "data.batch_size=3")


def test_a_small_batch_stands_for_a_large_one_of_the_same_halves_pairs_and_packs():
    for together in (1, 2, 3, 5):
        for size in range(together, 500, together):
            small = alike(size, together)
            assert small % math.lcm(PERIOD, together) == size % math.lcm(PERIOD, together)
            assert small == size or PERIOD <= small < 2 * math.lcm(PERIOD, together)


def test_optimizers_are_tried():
    assert "model.optimizers.PLAYER.optimizer" in refused("ae", "+model.optimizers.autoencoder.optimizer.eps=-1")
    assert "an optimizer cannot be made" in refused("ae", "+model.optimizers.autoencoder.optimizer.color=1")


def test_a_number_that_nobody_logs_is_not_followed():
    best, stop = "callbacks.checkpoints.monitor", ["callbacks=early_stop"]
    assert "did you mean val/loss" in refused("vae", f"{best}=val/los")
    assert f"{best}=val/psnr: no such number is logged" in refused("vae", f"{best}=val/psnr")
    assert "callbacks.early_stop.monitor=val/loss" in refused("dcgan", *stop)
    assert "callbacks.early_stop.monitor=val/loss" in refused("vae", *stop, "callbacks.validate=none")
    assert "no such number" in refused("vae", f"{best}=selection/fd/x")  # nothing is selected by


def test_numbers_that_are_logged_may_be_followed():
    best, stop = "callbacks.checkpoints.monitor", ["callbacks=early_stop"]
    prepared("vae", *stop, f"{best}=val/rate")
    prepared("dcgan")  # has no val/loss, and so no best.ckpt: said at the end
    prepared("dcgan", *stop, "callbacks.early_stop.monitor=train/generator/loss")
    prepared("ae", "callbacks=best_by_fd")


def test_a_split_that_validation_needs_is_asked_for_before_the_first_job():
    assert "set data.val_fraction=0.1" in refused("vae", "data.val_fraction=0")
    prepared("dcgan", "data.val_fraction=0", "callbacks.reconstructions=none")
