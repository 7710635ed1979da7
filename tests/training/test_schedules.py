"""Numbers that change over training: their shapes, and where they end."""

import pytest

from genarium.errors import UserError
from genarium.training import schedules


def test_linear_starts_arrives_and_stays():
    at = schedules.linear(start=0.0, stop=4.0, over=100)
    assert (at(0), at(50), at(100), at(10**18)) == (0.0, 2.0, 4.0, 4.0)


def test_exponential_falls_by_the_same_factor_in_equal_times_and_stays():
    at = schedules.exponential(start=1.0, stop=0.25, over=100)
    assert (at(0), at(50), at(100), at(10**18)) == (1.0, 0.5, 0.25, 0.25)


def test_cosine_falls_by_half_in_the_middle_and_warms_up():
    at = schedules.cosine(start=1.0, stop=0.0, over=110, warmup=10)
    assert (at(0), at(5), at(10)) == (0.0, 0.5, 1.0)
    assert abs(at(60) - 0.5) < 1e-12
    assert at(110) == at(10**18) == 0.0


def test_cyclical_rises_in_every_period():
    at = schedules.cyclical(start=0.0, stop=1.0, period=100, rise=0.5)
    assert (at(0), at(25), at(50), at(99), at(125)) == (0.0, 0.5, 1.0, 1.0, 0.5)


SHAPES = {
    "full": (schedules.full(), 1.0),
    "linear": (schedules.linear(start=2.0, stop=0.5, over=100), 0.5),
    "exponential": (schedules.exponential(start=2.0, stop=0.5, over=100), 0.5),
    "cosine": (schedules.cosine(start=2.0, stop=0.5, over=100, warmup=10), 0.5),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_schedule_arrives_at_the_final_value_that_it_says(shape):
    schedule, final = SHAPES[shape]
    assert schedule.final == final
    assert schedule(10**18) == pytest.approx(final)


def test_a_cyclical_schedule_ends_at_its_top_and_not_where_it_starts():
    schedule = schedules.cyclical(start=0.0, stop=4.0, period=1000, rise=0.5)
    assert schedule(10**18) == 0.0  # a multiple of the period
    assert schedule.final == 4.0


@pytest.mark.parametrize("words", [{"over": 0}, {"over": -3}], ids=str)
def test_a_schedule_over_no_images_is_refused_by_name(words):
    with pytest.raises(UserError, match="over"):
        schedules.linear(start=0.0, stop=1.0, **words)


def test_a_factor_that_never_reaches_zero_is_refused():
    with pytest.raises(UserError, match="linear"):
        schedules.exponential(start=1.0, stop=0.0, over=10)
