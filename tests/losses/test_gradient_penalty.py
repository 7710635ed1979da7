from functools import partial

import pytest
import torch
from torch import nn

from genarium.errors import UserError
from genarium.losses.gradient_penalty import (
    LazyPenalty,
    NoPenalty,
    PenaltySum,
    at_step,
    check_per_example,
    dragan,
    drift,
    r1,
    r2,
    wgan_div,
    wgan_gp,
    wgan_lp,
)

WEIGHT = torch.tensor([3.0, 0.0, -4.0, 0.0]).view(1, 2, 2)  # norm 5
linear = lambda x: (x * WEIGHT).flatten(1).sum(1) + 7
quadratic = lambda x: x.flatten(1).square().sum(1) / 2  # slope x
REAL, FAKE = torch.randn(6, 1, 2, 2), torch.randn(6, 1, 2, 2)
norm = lambda x: x.flatten(1).norm(dim=1)


def test_no_penalty_is_zero_for_every_example():
    assert torch.equal(NoPenalty()(linear, REAL, FAKE), torch.zeros(6))


def test_penalties_of_a_linear_critic_depend_on_its_norm_alone():
    assert torch.allclose(r1(linear, REAL, FAKE, gamma=10.0), torch.full((6,), 125.0))
    assert torch.allclose(r2(linear, REAL, FAKE, gamma=10.0), torch.full((6,), 125.0))
    assert torch.allclose(wgan_gp(linear, REAL, FAKE, weight=10.0), torch.full((6,), 160.0))
    assert torch.allclose(dragan(linear, REAL, FAKE, weight=10.0, range=0.5), torch.full((6,), 160.0))


def test_the_one_sided_penalty_leaves_slopes_below_one_alone():
    gentle = lambda x: linear(x) / 10  # norm 0.5
    assert torch.allclose(wgan_lp(linear, REAL, FAKE, weight=10.0), torch.full((6,), 160.0))
    assert torch.equal(wgan_lp(gentle, REAL, FAKE, weight=10.0), torch.zeros(6))
    assert torch.allclose(wgan_gp(gentle, REAL, FAKE, weight=10.0), torch.full((6,), 2.5))


def test_the_divergences_penalty_is_a_power_of_the_slope_between_a_real_image_and_its_fake():
    assert torch.allclose(wgan_div(linear, REAL, FAKE, k=2.0, p=6.0), torch.full((6,), 2 * 5.0**6))
    assert torch.allclose(wgan_div(quadratic, REAL, REAL, k=2.0, p=3.0), 2 * norm(REAL) ** 3)
    real, fake = torch.full((500, 1, 1, 1), 5.0), torch.full((500, 1, 1, 1), 2.0)
    slopes = wgan_div(quadratic, real, fake, k=1.0, p=6.0) ** (1 / 6)
    assert 1.99 < slopes.min() < 2.1 and 4.9 < slopes.max() < 5.01
    flat = nn.Sequential(nn.Flatten(), nn.Linear(4, 1))
    nn.init.zeros_(flat[1].weight)
    value = wgan_div(flat, REAL, FAKE, k=2.0, p=6.0)
    value.mean().backward()
    assert torch.equal(value, torch.zeros(6)) and flat[1].weight.grad.isfinite().all()


def test_r1_looks_at_real_images_and_r2_at_fakes_each_example_alone():
    assert torch.allclose(r1(quadratic, REAL, FAKE, gamma=2.0), norm(REAL).square())
    assert torch.allclose(r2(quadratic, REAL, FAKE, gamma=2.0), norm(FAKE).square())


def test_the_interpolated_penalty_looks_between_a_real_image_and_its_fake():
    real, fake = torch.full((500, 1, 1, 1), 5.0), torch.full((500, 1, 1, 1), 2.0)
    slopes = wgan_gp(quadratic, real, fake, weight=1.0).sqrt() + 1
    assert 2 <= slopes.min() < 2.1 and 4.9 < slopes.max() <= 5
    assert slopes.mean().item() == pytest.approx(3.5, abs=0.2)


def test_dragan_looks_around_real_images_by_their_deviation():
    real = torch.cat([torch.full((500, 1, 1, 1), 4.0), torch.full((500, 1, 1, 1), 6.0)])  # deviation 1
    slopes = dragan(quadratic, real, None, weight=1.0, range=0.5).sqrt() + 1
    reached = slopes - real.flatten()
    assert reached.min() >= -1e-5 and 0.4 < reached.max() <= 0.51


def test_dragan_goes_with_a_single_number():
    """Its deviation is that of the numbers at hand, 0 of a single one, as numpy's in the authors' code."""
    assert dragan(lambda x: x.flatten(), torch.ones(1, 1, 1, 1), None, weight=1.0, range=0.5).tolist() == [0.0]


def test_drift_is_the_square_of_the_logit_at_real_images():
    assert torch.allclose(drift(linear, REAL, FAKE, weight=0.1), 0.1 * linear(REAL).square())


def test_a_sum_of_penalties_is_their_sum():
    half = lambda critic, real, fake: r1(critic, real, fake, gamma=1.0)
    assert torch.allclose(
        at_step(PenaltySum([half, half]), 5)(quadratic, REAL, FAKE), r1(quadratic, REAL, FAKE, gamma=2.0)
    )


def test_a_lazy_penalty_in_a_sum_is_due_at_its_own_steps():
    both = PenaltySum(
        [lambda critic, real, fake: r1(critic, real, fake, gamma=1.0), LazyPenalty(partial(r1, gamma=2.0), interval=3)]
    )
    always, lazy = norm(REAL).square() / 2, 3 * norm(REAL).square()
    for step in range(7):
        expected = always + lazy if step in (0, 3, 6) else always
        assert torch.allclose(at_step(both, step)(quadratic, REAL, FAKE), expected)


def test_a_penalty_refuses_a_critic_with_batchnorm_and_no_penalty_does_not():
    critic = nn.Sequential(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2))
    assert isinstance(check_per_example(NoPenalty(), critic), NoPenalty)
    for penalty in (r1, partial(wgan_gp, weight=10.0), LazyPenalty(r1, interval=2)):
        assert check_per_example(penalty, critic[:1]) is penalty
        with pytest.raises(UserError, match="BatchNorm mixes"):
            check_per_example(penalty, critic)


def test_a_lazy_penalty_is_right_on_average_and_a_function_of_the_step_alone():
    lazy = LazyPenalty(partial(r1, gamma=2.0), interval=4)
    calls = [at_step(lazy, step)(quadratic, REAL, FAKE) for step in range(8)]
    assert [bool(call.any()) for call in calls] == [True, False, False, False] * 2
    assert torch.allclose(torch.stack(calls).mean(0), norm(REAL).square())
    assert torch.equal(at_step(lazy, 4)(quadratic, REAL, FAKE), calls[4])  # asked again, the same


def test_a_penalty_trains_the_critic_and_leaves_the_images_alone():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    fake = FAKE.clone().requires_grad_()
    wgan_gp(critic, REAL, fake, weight=10.0).mean().backward()
    assert critic[1].weight.grad.abs().sum() > 0 and fake.grad is None
    assert critic[3].bias.grad is None  # a constant has no slope


def test_a_flat_critic_has_a_finite_gradient():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 1))
    nn.init.zeros_(critic[1].weight)
    value = wgan_gp(critic, REAL, FAKE, weight=10.0)
    value.mean().backward()
    assert torch.allclose(value, torch.full((6,), 10.0)) and critic[1].weight.grad.isfinite().all()


EVERY = [
    partial(r1, gamma=10.0),
    partial(r2, gamma=10.0),
    partial(wgan_gp, weight=10.0),
    partial(wgan_div, k=2.0, p=6.0),
    partial(dragan, weight=10.0, range=0.5),
    partial(drift, weight=0.1),
]


@pytest.mark.parametrize("penalty", EVERY, ids=lambda penalty: penalty.func.__name__)
def test_penalties_are_in_single_precision_and_right_under_bfloat16(penalty):
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Conv2d(1, 16, 2), nn.Tanh(), nn.Flatten(), nn.Linear(16, 1), nn.Flatten(0))
    torch.manual_seed(1)
    expected = penalty(critic, REAL, FAKE)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert critic(REAL).dtype == torch.bfloat16
        torch.manual_seed(1)
        found = penalty(critic, REAL, FAKE)
    assert found.dtype == torch.float32 and torch.equal(found, expected)
