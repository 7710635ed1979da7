"""Dynamic binarization: a gray value is a probability."""

import numpy as np
import torch
from hydra.utils import instantiate

from genarium.config.compose import composed
from genarium.data.binarize import binary, levels_of_batch, levels_of_rows
from small import small_run


def test_a_pixel_is_white_with_the_probability_of_its_grey_value():
    drawn = torch.from_numpy(levels_of_batch(0, 0, 4000, (1, 2, 2)))
    for value in (0, 51, 128, 255):
        pixels = torch.full((4000, 1, 2, 2), value, dtype=torch.uint8)
        share = (binary(pixels, drawn) == 255).float().mean().item()
        assert abs(share - value / 255) < 0.015
        assert set(binary(pixels, drawn).unique().tolist()) <= {0, 255}
    assert (binary(torch.full((4000, 1, 2, 2), 255, dtype=torch.uint8), drawn) == 255).all()
    assert (binary(torch.zeros(4000, 1, 2, 2, dtype=torch.uint8), drawn) == 0).all()


def test_training_draws_anew_each_time_and_measuring_never_does():
    assert (levels_of_batch(0, 1, 4, (1, 8, 8)) != levels_of_batch(0, 2, 4, (1, 8, 8))).any()
    assert (levels_of_batch(0, 1, 4, (1, 8, 8)) == levels_of_batch(0, 1, 4, (1, 8, 8))).all()
    rows = np.array([5, 9])
    assert (levels_of_rows(rows, (1, 8, 8))[1] == levels_of_rows(rows[1:], (1, 8, 8))[0]).all()


def test_binarised_batches_are_black_and_white_in_training_and_measuring(tmp_path):
    words = ["data=garden", "data.count=320", "data.resolution=16", "data.channels=1", "data.binarize=true"]
    data = instantiate(composed(words).data.module)
    data.budget = 64
    batches = [*data.train_dataloader(), *data.validation_batches(8), data.examples(4, "val")]
    assert all(set(batch.images.unique().tolist()) == {-1.0, 1.0} for batch in batches)
    a, b = data.pictures(np.array([3, 4])).images, data.pictures(np.array([4])).images
    assert torch.equal(a[1:], b)


def test_a_binarised_run_trains(tmp_path):
    run = small_run("vae", tmp_path / "run", "data.channels=1", "data.binarize=true", images=64)
    assert run.result()["status"] == "finished"
