from genarium import schedules


def test_linear_starts_arrives_and_stays():
    at = lambda images: schedules.linear(images, start=0.0, stop=4.0, over=100)
    assert (at(0), at(50), at(100), at(10**18)) == (0.0, 2.0, 4.0, 4.0)


def test_exponential_falls_by_the_same_factor_in_equal_times_and_stays():
    at = lambda images: schedules.exponential(images, start=1.0, stop=0.25, over=100)
    assert (at(0), at(50), at(100), at(10**18)) == (1.0, 0.5, 0.25, 0.25)


def test_cosine_falls_by_half_in_the_middle_and_warms_up():
    at = lambda images: schedules.cosine(images, start=1.0, stop=0.0, over=110, warmup=10)
    assert (at(0), at(5), at(10)) == (0.0, 0.5, 1.0)
    assert abs(at(60) - 0.5) < 1e-12
    assert at(110) == at(10**18) == 0.0


def test_cyclical_rises_in_every_period():
    at = lambda images: schedules.cyclical(images, start=0.0, stop=1.0, period=100, rise=0.5)
    assert (at(0), at(25), at(50), at(99), at(125)) == (0.0, 0.5, 1.0, 1.0, 0.5)
