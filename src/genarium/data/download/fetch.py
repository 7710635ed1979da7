"""Fetching the official files: checked, unpacked safely, and in place as a whole or not at all.

The transfer is torchvision's download_url, the unpacking tarfile's and zipfile's, Kaggle's sets come by kagglehub. What
is added: checksums that are explained, archives that cannot write outside their folder, and one sentence for every way
in which it can fail.
"""

import errno
import hashlib
import http.client
import logging
import shutil
import socket
import tempfile
import textwrap
import urllib.error
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from genarium.data.download.archives import extract
from genarium.errors import UserError

log = logging.getLogger(__name__)
PATIENCE = 60  # seconds without a byte after which a server counts as silent


def files(url: str, checksums: Mapping[str, str | None], folder: Path) -> list[Path]:
    """Fetch `url`/<name> into `folder` for each name, checked against 'md5:…' or 'sha256:…'.

    A null checksum checks nothing and says so. Files that are there already are checked and kept, so that they may be
    brought by hand.
    """
    return [_file(f"{url.rstrip('/')}/{name}", folder / name, checksum) for name, checksum in checksums.items()]


def unpack(archive: Path, folder: Path) -> None:
    """Extract a tar or zip archive so that `folder` gets all of it, or, with a UserError, nothing."""
    with scratch(folder) as inside:
        extract(archive, inside)
        _move_in(inside, folder)


def kaggle(handle: str, folder: Path, unless: str) -> None:
    """Fetch a set of Kaggle into `folder` (kagglehub.dataset_download), if `folder`/`unless` is not there already."""
    if (folder / unless).exists():
        return
    import kagglehub  # slow to import, and needed for a download alone

    page = f"https://www.kaggle.com/datasets/{handle.partition('/versions/')[0]}"
    remedy = (
        f"log in (`kaggle.json` or KAGGLE_API_TOKEN) and try again, or fetch {page} by hand and unpack it in {folder}"
    )
    with scratch(folder) as inside:
        try:
            found = Path(kagglehub.dataset_download(handle, output_dir=str(inside)))
            if found.resolve() != inside.resolve():  # Kaggle's and Colab's notebooks lend their own read-only copy
                shutil.copytree(found, inside, dirs_exist_ok=True)
        except Exception as error:  # kagglehub's errors have no base class of their own
            if _is_full(error):
                raise
            reason = textwrap.shorten(str(error) or type(error).__name__, 120, placeholder="…")
            raise UserError(f"kagglehub could not fetch {handle} ({reason}); {remedy}") from error
        shutil.rmtree(inside / ".complete", ignore_errors=True)  # kagglehub's marker
        _move_in(inside, folder)


@contextmanager
def place(folder: Path) -> Iterator[None]:
    """`folder`, made, held against other processes that download, its troubles (disk full, read-only) explained."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".download.lock"):
            yield
    except OSError as error:
        if _is_full(error):
            raise UserError(
                f"the disk of {folder} is full: free some space or set data.root to another disk"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise UserError(
                f"{folder} cannot be written ({error.strerror}): set data.root to a folder of yours"
            ) from error
        raise


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Hidden temporary folder within `folder`, removed on exit."""
    inside = Path(tempfile.mkdtemp(prefix=".incoming-", dir=folder))
    try:
        yield inside
    finally:
        shutil.rmtree(inside, ignore_errors=True)


def check(file: Path, checksum: str, remedy: str) -> None:
    """UserError unless the file has the checksum, written 'md5:…' or 'sha256:…'."""
    algorithm, _, expected = checksum.partition(":")
    if algorithm not in ("md5", "sha256") or not expected:
        raise UserError(f"the checksum {checksum!r} of {file.name} should read md5:… or sha256:…; mend data.checksums")
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
    if found != expected.lower():
        raise UserError(f"{file.name} has the {algorithm} checksum {found} where {expected} is expected: {remedy}")


def _file(url: str, target: Path, checksum: str | None) -> Path:
    if checksum is None:
        log.warning("%s has no checksum in the configuration: its content is taken as it comes", target.name)
    if target.exists():
        if checksum is not None:
            check(target, checksum, f"delete {target} and run this again, or put the official file there")
        return target
    by_hand = f"try again later, or fetch it by hand and put it at {target}"
    with scratch(target.parent) as inside:
        _transfer(url, inside / target.name, by_hand)
        if checksum is not None:
            check(inside / target.name, checksum, f"{url} was cut short or changed; {by_hand}")
        (inside / target.name).replace(target)
    return target


def _transfer(url: str, target: Path, by_hand: str) -> None:
    from torchvision.datasets.utils import download_url  # slow to import, and needed for a download alone

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)  # download_url has no setting of its own
    try:
        download_url(url, str(target.parent), target.name)
    except urllib.error.HTTPError as error:
        raise UserError(f"{url} answers {error.code} ({error.reason}); {by_hand}") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(f"{url} cannot be reached ({reason}); {by_hand}") from error
    finally:
        socket.setdefaulttimeout(before)


def _move_in(inside: Path, folder: Path) -> None:
    """Move everything in `inside` to `folder`, after seeing that nothing there is in the way."""
    entries = sorted(inside.iterdir())
    for entry in entries:
        if (folder / entry.name).exists():
            raise UserError(f"{folder / entry.name} is in the way of what was fetched; move it away and run this again")
    for entry in entries:
        entry.rename(folder / entry.name)


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
