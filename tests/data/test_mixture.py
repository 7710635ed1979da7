import functools

import numpy as np
import pytest
import torch

from genarium.compose import composed
from genarium.data.mixture import Mixture, grid, ring, spiral
from genarium.errors import UserError
from genarium.metrics.modes import mixture_modes
from genarium.runs import Run
from genarium.train import train

WORLDS = {"ring": (functools.partial(ring, 8, 0.8), 8), "grid": (functools.partial(grid, 5, 0.8), 25)}
WORLDS["spiral"] = functools.partial(spiral, 20, 2.0, 0.9), 20


@pytest.mark.parametrize("world", WORLDS)
def test_a_mixture_has_exactly_its_modes_inside_the_box_each_as_often(world):
    centres, count = WORLDS[world]
    points, labels = Mixture(centres, 0.02, 64, 0).examples(10_000, "val")
    assert centres().shape == (count, 2) and np.abs(centres()).max() <= 0.9
    apart = np.linalg.norm(centres()[:, None] - centres(), axis=2) + np.eye(count)
    assert apart.min() > 6 * 0.02  # three deviations of one are not those of another
    assert points.shape == (10_000, 2, 1, 1) and points.dtype == torch.float32
    found = mixture_modes(generated=points.flatten(1), centres=torch.tensor(centres()).float(), sd=0.02, within=3.0)
    assert found["modes"] == count and found["high_quality"] == pytest.approx(1 - np.exp(-4.5), abs=0.005)
    assert torch.bincount(labels).min() > 0.8 * 10_000 / count
    assert (points.flatten(1) - torch.tensor(centres()).float()[labels]).std().item() == pytest.approx(0.02, rel=0.05)


def test_training_points_are_new_in_each_batch_and_go_on_where_they_stopped():
    mixture = Mixture(WORLDS["ring"][0], 0.02, 64, 0)
    mixture.budget = 256
    whole = list(mixture.train_dataloader())
    assert len(whole) == 4 and not torch.equal(whole[0].images, whole[1].images)
    mixture.start = lambda: 2
    rest = list(mixture.train_dataloader())
    assert len(rest) == 2 and torch.equal(rest[0].images, whole[2].images)
    assert not torch.equal(whole[0].images[:10], mixture.examples(10, "val").images)


def test_two_processes_share_a_batch_of_points():
    mixture = Mixture(WORLDS["ring"][0], 0.02, 64, 0)
    mixture.budget = 64
    (whole,) = mixture.train_dataloader()
    parts = []
    for rank in range(2):
        mixture.place = lambda rank=rank: (rank, 2)
        parts += [batch.images for batch in mixture.train_dataloader()]
    assert torch.equal(torch.cat(parts), whole.images)
    mixture.place = lambda: (0, 3)
    with pytest.raises(UserError, match="batch_size=64"):
        mixture.train_dataloader()


@pytest.mark.parametrize("data", ["mixture_ring", "mixture_grid", "mixture_spiral"])
def test_a_gan_trains_on_points_and_is_pictured_and_counted(data, tmp_path):
    words = ["model=gan_nonsaturating", f"data={data}", "callbacks=points", "logger=none", "trainer=cpu"]
    words += ["model.generator.decoder.width=16", "model.discriminator.encoder.width=16", "images=2560", "name=run"]
    run = Run(tmp_path / "run")
    train(composed([*words, "callbacks.samples.every=1280", "callbacks.progress=null"]), run)
    assert len(run.pictures()["points"]) == 3
    assert {"modes/found", "modes/high_quality"} <= {name for _, name, _ in run.rows()}
