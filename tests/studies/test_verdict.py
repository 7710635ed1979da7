"""The rule of a verdict: a null effect is hardly ever supported, a large one nearly always found."""

import math

import numpy as np
import pytest

from genarium.errors import UserError
from genarium.studies import expectation, verdict
from genarium.studies.expectation import Names
from genarium.studies.verdict import OPEN, PILOT, REFUTED, SUPPORTED, UNDECIDED

MEASURES = {"quality": "higher", "error": "lower", "rate": "neither"}


def expected(text: str, data=("toy",)):
    return expectation.expectations(text, Names({"a": data, "b": data}, data, MEASURES))


def decide(text: str, a, b, tests: int = 1) -> verdict.Verdict:
    return verdict.verdicts([(expected(text)[0], a, b)] * tests)[0]


@pytest.mark.parametrize("n", [5, 10])
@pytest.mark.parametrize("margin", ["", " by 0.5"])
def test_a_null_effect_is_supported_in_less_than_one_of_twenty_simulations(n, margin):
    """The true difference is the margin itself, the most that is still no effect; skewed values as distances have."""
    rng = np.random.default_rng(n)
    shift = 0.5 if margin else 0
    draws = [(rng.lognormal(size=n) + shift, rng.lognormal(size=n)) for _ in range(400)]
    words = [decide(f"arms.a > arms.b on quality{margin}", a, b).word for a, b in draws]
    assert words.count(SUPPORTED) <= 0.05 * len(words)
    assert set(words) <= {SUPPORTED, REFUTED, UNDECIDED}


def test_of_ten_null_effects_of_a_study_hardly_ever_one_is_supported():
    rng = np.random.default_rng(0)
    one = expected("arms.a > arms.b on quality")[0]
    found = [verdict.verdicts([(one, *rng.normal(size=(2, 6))) for _ in range(10)]) for _ in range(100)]
    assert sum(any(each.word == SUPPORTED for each in study) for study in found) <= 5


def test_an_effect_of_three_standard_deviations_is_found_with_five_seeds():
    rng = np.random.default_rng(0)
    words = [decide("arms.a > arms.b on quality", rng.normal(3, 1, 5), rng.normal(size=5)).word for _ in range(300)]
    assert words.count(SUPPORTED) >= 0.8 * len(words)


def test_an_opposite_effect_and_one_within_the_margin_are_refuted():
    low, high = [1.0, 1.1, 0.9, 1.0, 1.05], [2.0, 2.1, 1.9, 2.0, 2.05]
    assert decide("arms.a > arms.b on quality", low, high).word == REFUTED
    assert decide("arms.a < arms.b on error", low, high).word == SUPPORTED
    assert decide("arms.a better than arms.b on error", low, high).word == SUPPORTED
    small = decide("arms.a better than arms.b on quality by 5", high, low)
    assert small.word == REFUTED and small.evidence.effect.estimate == pytest.approx(1)


def test_equal_is_shown_by_closeness_and_never_by_noise():
    close, noisy = [1.0, 1.1, 0.9, 1.0, 1.05], [-9.0, 9.0, 1.0, -4.0, 7.0]
    assert decide("arms.a = arms.b on error within 0.5", close, close[::-1]).word == SUPPORTED
    assert decide("arms.a = arms.b on error within 0.5", noisy, noisy[::-1]).word == UNDECIDED
    assert decide("arms.a = arms.b on error within 0.5", close, [one + 3 for one in close]).word == REFUTED


def test_few_seeds_are_a_pilot_and_none_are_open():
    assert decide("arms.a > arms.b on quality", [9, 9.1, 9.2, 9.3], [1, 2, 1, 2]).word == PILOT
    assert decide("arms.a > arms.b on quality", [], [1, 2, 1, 2]).word == OPEN


def test_as_many_seeds_as_it_asks_for_do_decide():
    rng = np.random.default_rng(4)
    first = decide("arms.a > arms.b on quality", rng.normal(0.8, 1, 5), rng.normal(size=5))
    assert first.word == UNDECIDED and 5 < first.seeds < 1_000
    spread = math.sqrt((first.evidence.a.var(ddof=1) + first.evidence.b.var(ddof=1)) / 2)
    effect = first.evidence.effect.estimate
    draw = lambda: decide(
        "arms.a > arms.b on quality", rng.normal(effect, spread, first.seeds), rng.normal(0, spread, first.seeds)
    )
    words = [draw().word for _ in range(100)]
    assert words.count(SUPPORTED) >= 70


def test_no_number_of_seeds_decides_where_there_is_no_effect():
    assert decide("arms.a > arms.b on quality", [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]).seeds is None


def test_a_run_that_failed_has_the_worst_rank_and_never_helps_its_arm():
    good, bad = [8.0, 8.1, 8.2, 8.3, 8.4], [1.0, 1.1, 1.2, 1.3, 1.4]
    lost = [math.nan, *good[1:]]
    assert decide("arms.a > arms.b on quality", lost, bad).evidence.failed == 1
    assert (
        decide("arms.a > arms.b on quality", lost, bad).evidence.p
        > decide("arms.a > arms.b on quality", good, bad).evidence.p
    )
    collapsed = decide("arms.a > arms.b on quality", good, [math.nan] * 5)
    assert collapsed.evidence.p == pytest.approx(2 / 252)
    assert decide("arms.a < arms.b on quality", [math.nan] * 5, good).evidence.superiority.estimate == 1
    assert decide("arms.a > arms.b on rate", [math.nan] * 5, bad).evidence.superiority.estimate == 0


def test_a_statement_without_a_data_set_is_asked_on_each_and_across_them_by_blocks():
    each = expected("arms.a better than arms.b on error", ("ring", "grid"))
    assert [one.data for one in each] == ["ring", "grid"] and each[0].relation == "<"
    (blocks,) = expected("arms.a < arms.b on error by 0.1 across data", ("ring", "grid"))
    assert blocks.blocks and blocks.margin == 0.1
    spread = np.array([1.0, 10, 100, 1_000, 10_000, 100_000])
    (found,) = verdict.verdicts([(blocks, spread, spread + 1)])
    assert found.word == SUPPORTED and found.evidence.paired  # no unpaired test sees it


def test_an_arm_is_compared_with_a_number():
    values = [0.9, 0.95, 0.8, 0.85, 0.9, 0.92]
    assert decide("arms.a > 0.5 on quality", values, [0.5] * 6).word == SUPPORTED
    assert decide("arms.a > 0.5 on quality", values[:5], [0.5] * 5).word == UNDECIDED  # 2 / 2^5 > 0.05


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arms.a beats arms.b on quality", "cannot be read: write arms.A > arms.B on MEASURE"),
        ("arms.a > arms.bb on quality", "there is no arm 'bb'"),
        ("arms.a > arms.b on qualty", "there is no measure 'qualty'; did you mean quality"),
        ("arms.a > arms.b on quality in ring", "there is no data set 'ring'"),
        ("arms.a better than arms.b on rate", "nothing says which direction is better"),
        ("arms.a = arms.b on quality", "say within which difference"),
    ],
)
def test_a_statement_that_is_not_understood_is_one_sentence(text, said):
    with pytest.raises(UserError) as error:
        expected(text)
    assert said in str(error.value)


def test_published_values_are_read_with_their_margin():
    names = Names({"a": ["mnist"]}, ["mnist"], MEASURES)
    (found,) = expectation.published("a.error = 84.78 ± 0.5", names)
    assert (found.arm, found.measure, found.value, found.margin, found.data) == ("a", "error", 84.78, 0.5, "mnist")
    with pytest.raises(UserError, match="the published value 'a = 3' cannot be read"):
        expectation.published("a = 3", names)
