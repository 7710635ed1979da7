"""Numbers as a reader wants them: rounded, with their unit."""

import json
import math

MISSING = "—"


def number(value: float) -> str:
    """Whole numbers in full, others to four significant digits: '20,000', '12.35', '1.235e-05'."""
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e6:
        return f"{value:.3e}"
    return f"{value:,.{max(0, 3 - math.floor(math.log10(abs(value))))}f}"


def mean(center: float, half: float) -> str:
    """A mean and half of its interval, with the two digits that the interval leaves: '12.35 ± 0.41'."""
    if not math.isfinite(half):
        return number(float(center))
    if half == 0:
        return f"{number(float(center))} ± 0"
    digits = 1 - math.floor(math.log10(half))
    if digits > 8 or max(abs(center), half) >= 1e7:
        return f"{center:.3e} ± {half:.1e}"
    return f"{center:,.{max(0, digits)}f} ± {half:,.{max(0, digits)}f}"


def duration(seconds: float) -> str:
    """Seconds as '31 s', '12 min 3 s' or '2 h 5 min'."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min"


def size(count: float) -> str:
    """Bytes as '12 kB', '3.4 MB', … (powers of 1000)."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.4g} TB"


def energy(joules: float) -> str:
    """Joules as '420 J', '12 kJ' or '3.1 kWh'."""
    if joules < 3.6e6:
        return f"{joules:.3g} J" if joules < 1000 else f"{joules / 1000:.3g} kJ"
    return f"{joules / 3.6e6:.3g} kWh"


def setting(value: object) -> str:
    """A setting's value as it would be typed on the command line."""
    if isinstance(value, str | None):
        return "none" if value is None else value
    if isinstance(value, float):
        return f"{value:.6g}"
    return json.dumps(value, ensure_ascii=False, default=str)


def listing(words: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
