"""Weight files of feature extractors: where they lie, how they are fetched, and their hash."""

import contextlib
import hashlib
import socket
from pathlib import Path
from typing import NamedTuple

import torch

from genarium.errors import UserError

PATIENCE = 10.0  # seconds without an answer after which a download is given up


class WeightFile(NamedTuple):
    """A published file: its name in torch's cache, its address, and how its SHA-256 begins ('' where none is known)."""

    name: str
    url: str
    sha256: str


def locate(file: WeightFile, extractor: str, given: str | None) -> tuple[Path, str]:
    """The file and its SHA-256: the `given` path, or torch's cache, or a download into that cache.

    UserError, naming the file and the places for it, where it cannot be had, and where it is not the published file: a
    number that is named after an extractor must come from that extractor's weights.
    """
    path = Path(given).expanduser() if given else cache() / file.name
    if given and not path.is_file():
        raise UserError(f"{given}, named as the weights of {extractor}, is no file; {file.name} is from {file.url}.")
    if not path.is_file():
        _download(file, extractor, path)
    elif not given and not sha256(path).startswith(file.sha256):  # cut, as a full disk leaves it
        with contextlib.suppress(UserError):  # no network: what lies there is named below
            _download(file, extractor, path)
    found = sha256(path)
    if not found.startswith(file.sha256):
        raise UserError(
            f"{path} is not the published {file.name} (its SHA-256 begins {found[:8]}, not {file.sha256[:8]}); "
            f"fetch it again from {file.url}."
        )
    return path, found


def cache() -> Path:
    """Folder of torch's downloaded weights."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing(file: WeightFile, extractor: str, why: object) -> UserError:
    """Error for missing weights. A custom path is offered only where the file's SHA-256 is known."""
    elsewhere = "name it by evaluation.extractor.weights=FILE, " if file.sha256 else ""
    return UserError(
        f"{extractor} needs its weight file {file.name}, which is not in {cache()} and could not be downloaded "
        f"({why}); put it there (it is at {file.url}), {elsewhere}or use evaluation=offline, "
        "whose extractor needs no download."
    )


def _download(file: WeightFile, extractor: str, path: Path) -> None:
    before = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(PATIENCE)
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(file.url, str(path), file.sha256 or None, progress=False)
    except (OSError, RuntimeError) as error:  # no network, no such place, no space; a hash that does not fit
        raise missing(file, extractor, error) from error
    finally:
        socket.setdefaulttimeout(before)
