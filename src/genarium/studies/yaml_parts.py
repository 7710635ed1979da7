"""Parts of a study file, each of the type that it must be."""

from collections.abc import Collection
from typing import Any

from genarium.errors import UserError, nearest


def table(found: Any, where: str, keys: Collection[str] | None = None) -> dict[str, Any]:
    """`found` as a dictionary whose keys are all known."""
    if not isinstance(found, dict):
        raise UserError(f"{where} must be a table of keys, it is {found!r}")
    for key in found:
        if keys is not None and key not in keys:
            raise UserError(f"there is no key '{key}' in {where}{nearest(str(key), keys)}")
    return {str(key): value for key, value in found.items()}


def words(found: Any, where: str) -> tuple[str, ...]:
    """A list of words, or one text of them."""
    found = found.split() if isinstance(found, str) else [] if found is None else found
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise UserError(f"{where} must be a list of words such as [model=vae, data=garden]")
    return tuple(found)


def named(names: Collection[str], known: Collection[str], where: str) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise UserError(f"{where}: there is no '{name}'{nearest(name, known)}")
    return tuple(names)


def number(found: Any, where: str) -> int:
    if type(found) is not int or found < 1:
        raise UserError(f"{where} must be a whole number, 1 or more, it is {found!r}")
    return found
