"""Splits and classes of images by the folders above them."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from genarium.data.sources.listing import printable
from genarium.errors import UserError, nearest

SPELLINGS = {
    "train": ("train", "training", "trn"),
    "val": ("val", "valid", "validate", "validation", "dev", "eval", "evaluation"),
    "test": ("test", "testing", "tst", "holdout", "heldout"),
}
WORDS = {word: split for split, words in SPELLINGS.items() for word in words}
AROUND = "set|data|dataset|split|folder|image|images|img|imgs|pictures|files|samples"
SPELLED = re.compile(rf"(?:{AROUND})*({'|'.join(WORDS)})(?:{AROUND})*")
WAYS = ("auto", "above", "below", "none")


class Placement(NamedTuple):
    """Split and class of an image."""

    split: str | None  # of the folder that it lies in; None where splits have no folders
    inner: str  # its path without the split's folder: class/name, or name

    @property
    def folder(self) -> str | None:
        """The class folder, as one name however a file system spells its accents; None where it lies in none."""
        top, _, rest = self.inner.partition("/")
        return printable(unicodedata.normalize("NFC", top)) if rest else None


@lru_cache(maxsize=10_000)
def split_word(name: str) -> str | None:
    """'train' for Train, training_set, 'train images' or train2017; None for what is no split's name."""
    found = SPELLED.fullmatch(re.sub(r"[\W\d_]+", "", name.casefold()))
    return WORDS[found[1]] if found else None


@lru_cache(maxsize=10_000)
def mentioned(name: str) -> str | None:
    """The split that is named anywhere in a folder's name: 'test' in seg_test, 'cats.test' or PublicTest."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    return next((WORDS[word] for word in words if word in WORDS), None)


def places(names: Sequence[str], way: str, path: str) -> dict[str, Placement]:
    """Where each of `names` lies.

    `way`: split folders lie `above` class folders (train/cat), `below` them (cat/train), there are `none`, or `auto`:
    as it looks, with a UserError where it is not clear, so that no image of a test is trained on unasked. `path` is
    how the folder is called in that sentence.
    """
    if way not in WAYS:
        raise UserError(f"data.split_folders={way} is not known{nearest(str(way), WAYS)}")
    found = way if way != "auto" else seen(names, path)
    if found == "none":
        return {name: Placement(None, name) for name in names}
    depth = 0 if found == "above" else 1
    made = {name: placed(name, depth, path) for name in names}
    if "train" not in {place.split for place in made.values()}:
        raise UserError(f"{path} has no folder of training images {found} its classes: {remedy(way)}")
    if way == "auto":
        made = without_doubles(names, made) if depth == 0 else made
        for name, place in made.items():
            if word := next((part for part in place.inner.split("/")[:-1] if split_word(part)), None):
                raise unclear(path, f"a folder {printable(word)} inside of them ({printable(name)})", "above")
    return made


def seen(names: Sequence[str], path: str) -> str:
    """Where the folders that are called like splits lie; UserError where that is not clear."""
    ways = [name.split("/")[:-1] for name in names]
    levels = [{parts[depth] for parts in ways if len(parts) > depth} for depth in range(2)]
    splits = [{split_word(folder) for folder in level} - {None} for level in levels]
    if "train" in splits[0]:
        return "above"
    if "train" in splits[1] and not splits[0]:
        return "below"
    if named := sorted(part for part in {part for parts in ways for part in parts} if split_word(part)):
        raise UserError(
            f"{path} has folders called {listed(named)}, and it is not clear which images are held out: {remedy()}"
        )
    mentions = {folder: mentioned(folder) for folder in sorted(levels[0]) if mentioned(folder)}
    if {"train"} < set(mentions.values()):
        raise UserError(f"{listed(list(mentions))} in {path} look like split folders: {remedy()}")
    return "none"


def placed(name: str, depth: int, path: str) -> Placement:
    """Where `name` lies if the folder at `depth` is that of its split."""
    parts = name.split("/")
    split = split_word(parts[depth]) if len(parts) > depth + 1 else None
    if split is None and len(parts) > depth + 1 and mentioned(parts[depth]):
        raise UserError(f"{printable(parts[depth])} in {path} looks like a split folder: {remedy()}")
    if split is None:
        raise unclear(path, f"an image outside of them, {printable(name)}", "none")
    return Placement(split, "/".join(parts[:depth] + parts[depth + 1 :]))


def without_doubles(names: Sequence[str], made: dict[str, Placement]) -> dict[str, Placement]:
    """As archives wrap them, train/train/cat: the second folder goes where all of a split's images lie in one."""
    inside: dict[str, set[str]] = {}
    for name in names:
        inside.setdefault(name.partition("/")[0], set()).add(made[name].inner.partition("/")[0])
    double = {top for top, inner in inside.items() if {split_word(folder) for folder in inner} == {split_word(top)}}
    double = {top for top in double if all("/" in made[name].inner for name in names if name.startswith(f"{top}/"))}
    strip = lambda name, place: place._replace(inner=place.inner.partition("/")[2])
    return {name: strip(name, place) if name.partition("/")[0] in double else place for name, place in made.items()}


def listed(names: Sequence[str]) -> str:
    return " and ".join([*map(printable, list(names)[:3]), *(["others"] if len(names) > 3 else [])])


def remedy(way: str = "auto") -> str:
    """Remedy where the held-out images are not clear."""
    rename = "call the folders train, val and test"
    return f"{rename}, or set data.split_folders=none{' if they are classes' if way == 'auto' else ''}"


def unclear(path: str, what: str, way: str) -> UserError:
    told = "if they are no splits" if way == "none" else "if that is a class"
    return UserError(
        f"{path} has split folders (train, …) and {what}: move it, point data.path at the folder that you mean, or set"
        f" data.split_folders={way} {told}"
    )
