"""Evaluated numbers: one column per name and protocol, and what the protocols differ in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from genarium.reports import formatting
from genarium.reports.columns import Cell, Column
from genarium.reports.run_record import RunRecord
from genarium.reports.settings import flatten
from genarium.reports.short_names import APART

UNKNOWN = "no protocol"
OWN = ("weights", "sampler", "checkpoint", "images_seen", "code", "device")
"""What a protocol says of each model, how it generates, and where it was measured: it is told, and no reason for
columns apart."""


def number_columns(records: Sequence[RunRecord], taken: Collection[str] = ()) -> list[Column]:
    """One column per name; where runs do not share the protocol, one per name and protocol, the hash in its heading.

    Protocols that differ only in `OWN` share a column.
    """
    columns, terms = [], protocols(records)
    for name, used in _protocols_by_name(records).items():
        alike = _alike(used, terms)
        apart = len(alike) > 1 or UNKNOWN in used or name in taken
        for together in alike:
            cells = tuple(_cell(record, name, together) for record in records)
            heading = f"{name}{APART}{' / '.join(together)}" if apart else name
            columns.append(Column(heading, "number", cells, protocols=tuple(together)))
    return columns


def _alike(used: Sequence[str], terms: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Protocols grouped by equal terms, `OWN` aside; an unrecorded one stands alone."""
    groups: dict[object, list[str]] = {}
    for protocol in used:
        said = {key: value for key, value in terms.get(protocol, {}).items() if key not in OWN}
        groups.setdefault(str(sorted(said.items())) if said else protocol, []).append(protocol)
    return list(groups.values())


def protocol_notes(records: Sequence[RunRecord]) -> list[str]:
    """What measured the numbers: a sentence for all that share one protocol across runs, and one for each way in which
    the protocols of others differ."""
    return [note for note, _ in _notes(records)]


def clashes(records: Sequence[RunRecord]) -> list[str]:
    """Those of the sentences that say which numbers cannot be compared."""
    return [note for note, clash in _notes(records) if clash]


def _notes(records: Sequence[RunRecord]) -> list[tuple[str, bool]]:
    """Each sentence, and whether it tells of numbers that cannot be compared."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for name, used in _protocols_by_name(records).items():
        shared.setdefault(tuple(used), []).append(name)
    one = {used[0]: names for used, names in shared.items() if len(used) == 1 and used != (UNKNOWN,)}
    several = {used: names for used, names in shared.items() if len(used) > 1}
    if len(one) == len(shared) == 1:
        return [(f"Every evaluated number was measured under protocol {next(iter(one))}.", False)]
    under = "; ".join(f"{formatting.listing(names)} under protocol {key}" for key, names in one.items())
    return [
        *([(f"Measured {under}.", False)] if under else []),
        *_differing(several, protocols(records), len(shared) == 1),
    ]


def _differing(
    shared: Mapping[tuple[str, ...], list[str]], terms: Mapping[str, Mapping[str, Any]], every: bool
) -> list[tuple[str, bool]]:
    """A sentence for each way in which protocols of numbers differ; hashes where it is one set of them alone."""
    ways: dict[tuple[bool, str], list[tuple[str, ...]]] = {}
    for used in shared:
        differ = differences({key: terms.get(key, {}) for key in used})
        ways.setdefault((len(_alike(used, terms)) == 1, differ.partition(" differ in ")[2] or differ), []).append(used)
    notes = []
    for (alike, differ), sets in ways.items():
        names = [name for used in sets for name in shared[used]]
        verb = (
            "Every evaluated number was"
            if every
            else formatting.listing(names) + (" was" if len(names) == 1 else " were")
        )
        text = (
            differences({key: terms.get(key, {}) for key in sets[0]}) if len(sets) == 1 else f"they differ in {differ}"
        )
        how = "measured alike;" if alike else "measured under different protocols and cannot be compared across them:"
        notes.append((f"{verb} {how} {text}.", not alike))
    return notes


def protocols(records: Sequence[RunRecord]) -> dict[str, dict[str, Any]]:
    """Hash -> dotted key -> value, of every protocol that the runs keep."""
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        for key, terms in (record.result.get("protocols") or {}).items():
            found[key] = flatten(terms)
    return found


def differences(terms: Mapping[str, Mapping[str, Any]]) -> str:
    """'a1b2c3 and d4e5f6 differ in reals (2000 / 10000)'."""
    unknown = [name for name, one in terms.items() if not one]
    if unknown:
        return f"what {formatting.listing(unknown)} stands for is not recorded"
    keys = dict.fromkeys(key for one in terms.values() for key in one)
    shown = {
        key: [formatting.setting(one[key]) if key in one else formatting.MISSING for one in terms.values()]
        for key in keys
    }
    unequal = [f"{key} ({' / '.join(values)})" for key, values in shown.items() if len(set(values)) > 1]
    differing = formatting.listing(unequal) if unequal else "nothing that is recorded"
    return f"{formatting.listing(list(terms))} differ in {differing}"


def numbers(record: RunRecord) -> dict[str, dict[str, Any]]:
    """Name -> value, images, protocol; a bare number (an old run's) has no protocol."""
    found = record.result.get("numbers") or {}
    return {name: entry if isinstance(entry, dict) else {"value": entry} for name, entry in found.items()}


def with_parts(record: RunRecord) -> dict[str, dict[str, Any]]:
    """The same with the parts of numbers, `number/part`: a distance by class, a score by factor."""
    found: dict[str, dict[str, Any]] = {}
    for name, entry in numbers(record).items():
        whole = {key: value for key, value in entry.items() if key != "parts"}
        found[name] = entry
        found |= {f"{name}/{part}": whole | {"value": value} for part, value in entry.get("parts", {}).items()}
    return found


def _protocol(entry: Mapping[str, Any]) -> str:
    return str(entry.get("protocol") or UNKNOWN)


def _protocols_by_name(records: Sequence[RunRecord]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for record in records:
        for name, entry in numbers(record).items():
            found.setdefault(name, {})[_protocol(entry)] = None
    return {name: list(used) for name, used in found.items()}


def _cell(record: RunRecord, name: str, used: Collection[str]) -> Cell:
    entry = numbers(record).get(name)
    if entry is None or _protocol(entry) not in used or entry.get("value") is None:
        return Cell()
    images, seen = entry.get("images"), record.result.get("images_seen")
    late = images is not None and seen is not None and images != seen
    return Cell(entry["value"], formatting.number(entry["value"]) + (f" (at {images:,} images)" if late else ""))
