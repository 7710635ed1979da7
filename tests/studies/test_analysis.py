"""Numbers of a whole study: the jackknife's interval over seeds, and expectations on them."""

import re

import numpy as np
import pytest
from scipy import stats

from genarium.commands.study import main
from genarium.errors import UserError
from genarium.studies.analysis import pseudo_values
from genarium.studies.results import JobRow
from small_study import STUDY, small_study

GAPS = """
import numpy as np

def gap(rows):
    of = lambda arm: np.mean([row.values["modes_covered"] for row in rows if row.arm == arm])
    return of("new") - of("old")
"""


def rows(values: np.ndarray) -> list[JobRow]:
    return [JobRow("d", "a", seed, "", "finished", values={"x": float(x)}) for seed, x in enumerate(values)]


def test_the_jackknife_of_a_variance_is_that_of_efron_and_stein():
    """Of the biased variance its mean is the unbiased one, and its standard error Efron & Stein's (1981) formula."""
    draws = np.random.default_rng(0).normal(size=8)
    found = pseudo_values(rows(draws), lambda some: float(np.var([row.values["x"] for row in some])))
    assert np.mean(found) == pytest.approx(np.var(draws, ddof=1))
    without = [np.var(np.delete(draws, i)) for i in range(8)]
    assert stats.sem(found) == pytest.approx(np.sqrt(7 / 8 * np.sum((without - np.mean(without)) ** 2)))


def with_analysis(here, expected: str, program: str = "gaps.py:gap"):
    text = STUDY.replace("expectations: [", f"analyses: {{gap: {{program: '{program}'}}}}\nexpectations: [{expected}, ")
    place = small_study(here, text.replace("seeds: 5", "seeds: 8"))
    (place / "gaps.py").write_text(GAPS)
    return place


def test_an_expectation_on_a_number_of_all_runs_has_a_verdict(here):
    place = with_analysis(here, "analyses.gap > 3 by 0.1")
    main(["toy", "workers=1"])
    text = (place / "README.md").read_text()
    assert re.search(r"\| analyses.gap > 3 by 0.1 \| supported \| \+1.30 \[", text)  # 8 - 3 - 2 * 3.5 / 10 = 4.3
    assert "| gap | ring | 4.30 ± 0.41 | 8 |" in text  # pseudo-values 5 - s / 5: sd 0.490, 0.490 / sqrt(8) * 2.365


def test_two_measures_of_one_direction_are_compared_and_of_two_directions_are_not(here):
    place = with_analysis(here, "arms.new on modes_covered > arms.old on modes_covered by 1")
    main(["toy", "workers=1"])
    assert "| new on modes_covered > old on modes_covered by 1 | supported |" in (place / "README.md").read_text()
    for statement, said in (
        ("arms.new on modes_covered > arms.old on loss", "one is better when higher, the other when lower"),
        ("analyses.gpa > 4", "there is no analysis 'gpa'; did you mean gap"),
        ("arms.new > arms.old", "say on which measure"),
        ("analyses.gap > 4 across data", "leave out `across data`"),
    ):
        with_analysis(here, statement)
        with pytest.raises(UserError, match=re.escape(said)):
            main(["toy"])
    with_analysis(here, "analyses.gap > 4", program="gaps.py:gpa")
    with pytest.raises(UserError, match=r"there is no .*gaps.py with a function gpa"):
        main(["toy"])
