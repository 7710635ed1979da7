import contextlib
import functools

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from PIL import Image

from genarium import cli
from genarium.config.compose import composed
from genarium.data.sources.mixture import GaussianMixture, grid, ring, spiral
from genarium.errors import UserError
from genarium.metrics.mode_coverage import mixture_modes
from genarium.runs.run import Run
from genarium.training.fit import train

WORLDS = {"ring": (functools.partial(ring, 8, 0.8), 8), "grid": (functools.partial(grid, 5, 0.8), 25)}
WORLDS["spiral"] = functools.partial(spiral, 20, 2.0, 0.9), 20


@pytest.mark.parametrize("world", WORLDS)
def test_a_mixture_has_exactly_its_modes_inside_the_box_each_as_often(world):
    centers, count = WORLDS[world]
    points, labels, *_ = GaussianMixture(centers, 0.02, 64, 0).examples(10_000, "val")
    assert centers().shape == (count, 2) and np.abs(centers()).max() <= 0.9
    apart = np.linalg.norm(centers()[:, None] - centers(), axis=2) + np.eye(count)
    assert apart.min() > 6 * 0.02  # three deviations of one are not those of another
    assert points.shape == (10_000, 2, 1, 1) and points.dtype == torch.float32
    found = mixture_modes(generated=points.flatten(1), centers=torch.tensor(centers()).float(), sd=0.02, within=3.0)
    assert found["modes_covered"] == count
    assert found["high_quality_fraction"] == pytest.approx(1 - np.exp(-4.5), abs=0.005)
    assert torch.bincount(labels).min() > 0.8 * 10_000 / count
    assert (points.flatten(1) - torch.tensor(centers()).float()[labels]).std().item() == pytest.approx(0.02, rel=0.05)


def test_training_points_are_new_in_each_batch_and_go_on_where_they_stopped():
    mixture = GaussianMixture(WORLDS["ring"][0], 0.02, 64, 0)
    mixture.budget = 256
    whole = list(mixture.train_dataloader())
    assert len(whole) == 4 and not torch.equal(whole[0].images, whole[1].images)
    mixture.start = lambda: 2
    rest = list(mixture.train_dataloader())
    assert len(rest) == 2 and torch.equal(rest[0].images, whole[2].images)
    assert not torch.equal(whole[0].images[:10], mixture.examples(10, "val").images)


def test_two_processes_share_a_batch_of_points():
    mixture = GaussianMixture(WORLDS["ring"][0], 0.02, 64, 0)
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
def test_a_gan_trains_on_points_and_is_pictured_and_counted(data, tmp_path, monkeypatch):
    words = ["model=gan_nonsaturating", f"data={data}", "callbacks=toy_2d", "logger=none", "trainer=cpu"]
    words += [
        "model.generator.decoder.width=16",
        "model.discriminator.encoder.width=16",
        "total_images=2560",
        "name=run",
    ]
    run = Run(tmp_path / "run")
    train(composed([*words, "callbacks.samples.every=1280", "callbacks.progress=none"]), run)
    assert len(run.pictures()["points"]) == 3
    assert {"modes/covered", "modes/high_quality_fraction"} <= {name for _, name, _ in run.rows()}
    monkeypatch.setattr("sys.argv", ["genarium", "sample", f"run={run.folder}", f"out={tmp_path / 'points.png'}"])
    cli.main()
    sizes = {Image.open(path).size for path in (tmp_path / "points.png", run.pictures()["points"][2560])}
    assert len(sizes) == 1  # a picture of the plane, not a grid of 64 pixels


class Drawn(torch.nn.Module):
    """Samples `points`, (N, 2), one after the other."""

    averages, images_seen = {}, 960

    def __init__(self, points: torch.Tensor) -> None:
        super().__init__()
        self.points, self.used = torch.nn.Parameter(points), 0

    def sample(self, count, generator=None):
        self.used += count
        return self.points[self.used - count : self.used, :, None, None]

    def evaluating(self, seed):
        return contextlib.nullcontext()


def test_an_evaluation_counts_the_modes_of_points_exactly_and_says_of_which():
    data = GaussianMixture(functools.partial(grid, 5, 0.8), 0.02, 64, 0)
    points, labels, *_ = data.draw(4_000, "val", 0)
    model = Drawn(points[labels < 20][:2_000].flatten(1))  # five modes never
    model.points.data[:500] = 3.0  # and no mode for a quarter
    config = composed(["run=none", "evaluation=modes", "evaluation.num_samples=2_000"], "evaluate")
    book = instantiate(config.evaluation).measure(model, data)
    found = {name: entry["value"] for name, entry in book.numbers.items()}
    assert found["modes_covered/2k"] == 20 and found["mode_coverage/2k"] == 0.8
    assert found["high_quality_fraction/2k"] == pytest.approx(0.75 * (1 - np.exp(-4.5)), abs=0.01)
    assert found["modes_kl/2k"] == pytest.approx(np.log(25 / 20), abs=0.02)
    (told,) = book.protocols.values()
    assert told["data"] == "equal mixture of 25 Gaussians" and told["sd"] == 0.02 and told["within"] == "3 sd"
    other = GaussianMixture(functools.partial(grid, 5, 0.7), 0.02, 64, 0)
    (elsewhere,) = instantiate(config.evaluation).measure(Drawn(model.points.data), other).protocols.values()
    assert elsewhere["content"] != told["content"]
    with pytest.raises(UserError, match="offer nothing"):
        parts = ["run=none", "evaluation=offline", "evaluation.measures=[codes]"]
        instantiate(composed(parts, "evaluate").evaluation).measure(model, data)
