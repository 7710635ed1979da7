"""Numbers of a study as its report shows them."""

import math

from genarium.metrics import catalog
from genarium.reports import formatting
from genarium.studies.statistics import ConfidenceInterval
from genarium.studies.verdict import MOST, UNDECIDED, Verdict

ARROWS = {catalog.LOWER: " ↓", catalog.HIGHER: " ↑", catalog.NEITHER: ""}


def decimals(spread: float) -> int:
    """Decimals that show two digits of `spread`.

    >>> decimals(0.123), decimals(12.3), decimals(456)
    (2, 0, 0)
    """
    return max(0, 1 - math.floor(math.log10(spread)))


def is_symmetric(one: ConfidenceInterval) -> bool:
    return math.isclose(one.high - one.estimate, one.estimate - one.low, rel_tol=1e-6)


def is_exact(one: ConfidenceInterval) -> bool:
    """Whether five digits do not show it: every seed has the same number, but for float32's rounding on a machine."""
    return math.isclose(one.low, one.high, rel_tol=1e-5, abs_tol=1e-12)


def interval(one: ConfidenceInterval | None) -> str:
    """`7.90 ± 0.12`, `12 [8, 21]` where it is not symmetric, the number alone where it has no interval.

    >>> interval(ConfidenceInterval(7.9, 7.78, 8.02)), interval(ConfidenceInterval(12, 8, 21))
    ('7.90 ± 0.12', '12.0 [8.0, 21.0]')
    >>> interval(ConfidenceInterval(23.7390506, 23.7390472, 23.7390540))  # of float32, whose steps here are 2^-19
    '23.74'
    """
    if one is None:
        return formatting.MISSING
    if not math.isfinite(one.high - one.low) or is_exact(one):
        return formatting.number(one.estimate)
    half = (one.high - one.low) / 2
    if not 1e-3 <= abs(one.estimate) < 1e6:
        return f"{one.estimate:.2e} ± {half:.1e}"
    places = decimals(half)
    if is_symmetric(one):
        return f"{one.estimate:,.{places}f} ± {half:,.{places}f}"
    return f"{one.estimate:,.{places}f} [{one.low:,.{places}f}, {one.high:,.{places}f}]"


def effect(one: ConfidenceInterval) -> str:
    """`+1.60 [1.20, 2.00]`; three digits where every seed has the same difference.

    >>> effect(ConfidenceInterval(-0.0312163, -0.0312163 - 1e-17, -0.0312163 + 1e-17))
    '-0.0312'
    """
    spread = one.high - one.low
    known = math.isfinite(spread) and not is_exact(one)
    places = decimals(spread / 2 if known else abs(one.estimate) / 10 or 1)
    bounds = f" [{one.low:.{places}f}, {one.high:.{places}f}]" if known else ""
    return f"{one.estimate:+.{places}f}{bounds}"


def p_value(p: float) -> str:
    return "" if math.isnan(p) else f"{p:.3f}" if p >= 0.001 or p == 0 else f"{p:.0e}"


def word(one: Verdict) -> str:
    """The verdict; of an undecided one, the seeds that would decide."""
    if one.word != UNDECIDED:
        return one.word
    return f"{one.word}: {one.seeds} seeds would decide" if one.seeds else f"{one.word}: not even {MOST:,} seeds would"
