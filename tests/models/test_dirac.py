"""The Dirac-GAN, where convergence can be calculated: runs as `genarium train` composes them."""

import math

import pytest
import torch
from hydra.utils import instantiate

from genarium.callbacks.phase_portrait import descent_direction
from genarium.config.compose import composed
from genarium.errors import UserError
from genarium.protocols import Batch
from genarium.runs.run import Run
from genarium.training.fit import train

STEPS = 400
WORDS = ["model=dirac_gan", "data=dirac", "callbacks=dirac", "callbacks.progress=none", "logger=none", "trainer=cpu"]
WORDS += ["data.batch_size=8", f"total_images={8 * STEPS}", f"callbacks.parameters.every={8 * 10}", "name=run"]


def played(folder, *words: str) -> Run:
    run = Run(folder)
    train(composed([*WORDS, *words]), run)
    return run


def trajectory(run: Run, name: str) -> list[float]:
    return run.series()[f"dirac/{name}"][1]


def test_the_dirac_gan_circles_without_r1_and_converges_with_it(tmp_path):
    circling = played(tmp_path / "plain")
    converging = played(tmp_path / "r1", "model/penalty=r1", "model.penalty.gamma=1")
    assert len(trajectory(circling, "distance")) == STEPS // 10 + 1
    assert trajectory(circling, "distance")[0] == pytest.approx(math.sqrt(2))
    assert min(trajectory(circling, "distance")) > 1.3 and max(trajectory(circling, "distance")) < 1.5
    assert min(trajectory(circling, "theta")) < -1.3  # it went around
    assert trajectory(converging, "distance")[-1] < 0.01


@pytest.mark.parametrize(
    ("words", "converges"),
    [
        (["model/adversarial_loss=wasserstein"], False),
        (["model/adversarial_loss=wasserstein", "model/penalty=wgan_gp", "model.penalty.weight=1"], False),
        (["model/adversarial_loss=nonsaturating", "model/penalty=r2", "model.penalty.gamma=1"], True),
        (["+model.schedules.instance_noise={_target_: genarium.training.schedules.full}"], True),
    ],
)
def test_what_converges_is_what_the_theory_says(words, converges, tmp_path):
    """Mescheder et al., arXiv:1801.04406, sec. 3; `full` is instance noise of 1."""
    end = trajectory(played(tmp_path / "run", *words, "data.batch_size=64", f"total_images={64 * STEPS}"), "distance")[
        -1
    ]
    assert end < 0.3 if converges else end > 0.7


def test_the_non_saturating_dirac_gan_converges_but_slowly(tmp_path):
    distance = trajectory(played(tmp_path / "run", "model/adversarial_loss=nonsaturating"), "distance")
    assert distance[0] > distance[20] > distance[-1] > 0.4


def test_a_step_follows_the_gradient_that_the_paper_writes():
    """The paper's step is (-psi f'(theta psi), theta f'(theta psi)) with f(t) = -log(1 + exp(-t)) (sec. 2); its
    discriminator is high at fakes, so its psi is minus the one here."""
    model = instantiate(composed(WORDS).model)
    batch = Batch(torch.zeros(8, 1, 1, 1), torch.zeros(8, dtype=torch.long))
    for theta, psi in [(1.0, 1.0), (-0.5, 2.0), (0.3, 0.0)]:
        slope = 1 / (1 + math.exp(-theta * psi))
        found = [arrow.item() for arrow in descent_direction(model, batch, torch.tensor([theta, psi]))]
        assert found == pytest.approx([psi * slope, -theta * slope], abs=1e-6)


def test_the_picture_of_the_plane_leaves_the_players_and_their_penalties_as_they_are(tmp_path):
    run = played(tmp_path / "run", "model/penalty=r1_lazy", f"total_images={8 * 40}")
    plain = played(tmp_path / "undrawn", "model/penalty=r1_lazy", f"total_images={8 * 40}", "callbacks.phase=none")
    assert len(run.pictures()["phase"]) == 4 and "phase" not in plain.pictures()
    assert list(run.rows()) == list(plain.rows())


def test_other_data_are_refused_in_a_sentence(tmp_path):
    words = ["model=dirac_gan", "data=garden", "data.count=64", "logger=none", "trainer=cpu", "name=run"]
    with pytest.raises(UserError, match="or other data by data="):
        train(composed(words), Run(tmp_path / "garden"))
