"""Table of a study in LaTeX: booktabs and siunitx, mean ± 95 % interval, one row an arm."""

import math

from genarium.studies import shown
from genarium.studies.statistics import ConfidenceInterval
from genarium.studies.summary import Summary

ESCAPED = {"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "β": r"$\beta$"}


def tex(summary: Summary) -> str:
    study = summary.study
    columns = [(name, data) for name in study.measures for data in summary.places]
    heads = [escaped(name + (f" ({data})" if len(summary.places) > 1 else "")) for name, data in columns]
    lines = [
        "% needs \\usepackage{booktabs,siunitx}",
        f"\\begin{{tabular}}{{l{'r' * len(columns)}}}",
        r"\toprule",
        " & ".join(["", *heads]) + r" \\",
        r"\midrule",
        *(
            " & ".join([escaped(arm), *(cell(summary.cell(data, arm, name).interval) for name, data in columns)])
            + r" \\"
            for arm in summary.arms
        ),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def cell(one: ConfidenceInterval | None) -> str:
    r"""`\num{7.90 \pm 0.12}`; `\num{12} [\num{8}, \num{21}]` where the interval is not symmetric."""
    if one is None:
        return "--"
    half = (one.high - one.low) / 2
    if not math.isfinite(half) or shown.is_exact(one):
        return rf"\num{{{one.estimate:.4g}}}"
    places = shown.decimals(half)
    if shown.is_symmetric(one):
        return rf"\num{{{one.estimate:.{places}f} \pm {half:.{places}f}}}"
    return rf"\num{{{one.estimate:.{places}f}}} [\num{{{one.low:.{places}f}}}, \num{{{one.high:.{places}f}}}]"


def escaped(text: str) -> str:
    return "".join(ESCAPED.get(letter, letter) for letter in text)
