"""Against mode collapse: whole trainings on the grid of 25 Gaussians, as `genarium train` composes them.

In the claim the generator's rate is five times the discriminator's, so that a plain GAN's generator runs after the one
place that its discriminator likes best. `experiments/mode_collapse/` asks the same at length, and with equal rates.
"""

from collections.abc import Sequence

import pytest
from hydra.utils import instantiate

from genarium.config.compose import composed
from genarium.runs.run import Run
from genarium.training.checkpoint import restore
from genarium.training.fit import train

SEEDS = (0, 1, 2)
STEPS = 500
"""Of the generator; half as many where a critic steps five times for each of them."""
GRID = [
    "data=mixture_grid", "data.batch_size=100", "model.latent_dim=2", "model/generator=mlp_linear_output",
    "model.generator.decoder.width=64", "callbacks=infrequent",
    "callbacks.progress=none",
    "logger=none", "trainer=cpu", "trainer.precision=32-true", "name=run",
    "model.optimizers.generator.optimizer.lr=1e-3", "model.optimizers.discriminator.optimizer.lr=2e-4",
    "model.optimizers.generator.optimizer.betas=[0.5,0.999]",
    "model.optimizers.discriminator.optimizer.betas=[0.5,0.999]",
    "model.optimizers.generator.ema_half_life=2_500",
]  # fmt: skip
AGAINST = {
    "packs of 2": ["model=pacgan", "model/discriminator=mlp_packed"],
    "packs of 4": ["model=pacgan", "model/discriminator=mlp_packed", "model.augmentation.count=4"],
    "minibatch discrimination": [
        "model=gan_minibatch_discrimination",
        "model/discriminator=minibatch_discrimination_mlp",
    ],
    "gradient penalty": ["model=wgan_gp", "model/discriminator=mlp", "model.penalty.weight=0.1"],
}
COUNTING = composed(["run=none", "evaluation=modes", "evaluation.num_samples=2_500"], "evaluate")


def width(words: Sequence[str], units: int) -> str:
    """The override of the discriminator's width."""
    trunk = "trunk." if "model=gan_minibatch_discrimination" in words else ""
    return f"model.discriminator.{trunk}encoder.width={units}"


def modes_covered(folder, *words: str) -> list[int]:
    """For each seed, how many of the 25 modes the samples of its averaged generator fall into."""
    found = []
    for seed in SEEDS:
        config = composed([*words, *GRID, width(words, 64), f"seed={seed}"])
        rounds = STEPS if config.model.discriminator_steps == 1 else STEPS // 2
        config.total_images = rounds * config.model.discriminator_steps * config.data.batch_size
        run = Run(folder / str(seed))
        train(config, run)
        book = instantiate(COUNTING.evaluation).measure(restore(run), instantiate(config.data.module))
        found.append(int(book.numbers["modes_covered/2500"]["value"]))
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> list[int]:
    return modes_covered(tmp_path_factory.mktemp("plain"), "model=gan_nonsaturating")


@pytest.mark.parametrize("words", AGAINST.values(), ids=AGAINST)
def test_a_gan_against_collapse_covers_more_of_25_modes_than_the_plain_gan(words, plain, tmp_path):
    covered = modes_covered(tmp_path, *words)
    assert sum(covered) > sum(plain), f"{covered} of 25 modes, and the plain GAN {plain}"


@pytest.mark.parametrize("words", [*AGAINST.values(), [*AGAINST["packs of 2"], "model.augmentation.count=5"]])
def test_gans_against_collapse_train_on_points_by_their_yaml_with_small_networks(words, tmp_path):
    small = ["data.batch_size=120", "total_images=960", "callbacks=toy_2d", "callbacks.samples.every=480"]
    small += ["model.generator.decoder.width=16", width(words, 16)]
    run = Run(tmp_path / "run")
    train(composed([*words, *GRID, *small]), run)
    assert run.result()["status"] == "finished" and len(run.pictures()["points"]) == 3
