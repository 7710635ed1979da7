"""Numbers into a run's result.json: none is lost, and none replaced, in silence."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from genarium.evaluation.number_book import NumberBook
from genarium.runs.run import Run


def keep(run: Run, book: NumberBook) -> None:
    """Merge into result.json. A number of the same name is replaced, with its protocol, and where that was another one
    it is said; what is left out stands beside the numbers that there are."""
    told: list[str] = []

    def merged(result: dict[str, Any]) -> dict[str, Any]:
        before, known = result.get("numbers", {}), result.get("protocols", {}) | book.protocols
        told[:] = replaced(before, book, known)
        numbers = before | book.numbers
        used = {entry.get("protocol") for entry in numbers.values() if isinstance(entry, dict)}
        whys = result.get("left_out", {}) | book.left_out
        return result | {
            "numbers": numbers,
            "protocols": {key: known[key] for key in known if key in used},
            "left_out": {name: why for name, why in whys.items() if name not in numbers},
        }

    run.rewrite_result(merged)
    for line in told:
        print(line, file=sys.stderr)


def replaced(before: Mapping[str, Any], book: NumberBook, known: Mapping[str, Mapping]) -> Iterator[str]:
    """A line for each protocol that takes the place of another one: what differs, and in which numbers."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for name in book.numbers.keys() & before.keys():
        old = before[name].get("protocol", "") if isinstance(before[name], dict) else ""
        if old != book.numbers[name]["protocol"]:
            pairs.setdefault((old, book.numbers[name]["protocol"]), []).append(name)
    lines: dict[str, list[str]] = {}
    for (old, new), names in pairs.items():
        lines.setdefault(difference(known.get(old, {}), known[new]), []).extend(names)
    for differ, names in lines.items():
        yield f"replaced, for it was measured otherwise ({differ}): {', '.join(sorted(names))}"


def difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Plain values of both, and the names of all else that is not the same."""
    if not a:
        return "how, is not recorded"
    differ = [key for key in {**a, **b} if a.get(key) != b.get(key)]
    plain = [key for key in differ if all(isinstance(side.get(key), str | int | float) for side in (a, b))]
    return ", ".join([*(f"{key} {a[key]} -> {b[key]}" for key in plain), *(key for key in differ if key not in plain)])
