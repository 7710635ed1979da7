"""Unpacking archives that others made: nothing in one may reach outside the folder that it is unpacked in."""

import errno
import lzma
import os
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath

from genarium.errors import UserError


def extract(archive: Path, folder: Path) -> None:
    """Unpack a tar (plain or compressed) or zip archive into `folder`.

    Raises UserError where a member is not to be trusted or the archive is damaged, OSError (ENOSPC) where the disk has
    no room for what the members claim.
    """
    with _damage_explained(archive):
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                members = tar.getmembers()
                while tar.fileobj.read(1 << 20):
                    pass  # tarfile stops before the stream's own checksum, which gzip has at its very end
                _check_room(folder, sum(member.size for member in members))
                for member in members:
                    _check_name(archive, member.name)
                    _check_kind(
                        archive, member.name, member.issym() or member.islnk(), member.isreg() or member.isdir()
                    )
                tar.extractall(folder, filter="data")
        elif zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as file:
                _check_room(folder, sum(member.file_size for member in file.infolist()))
                for member in file.infolist():
                    kind = stat.S_IFMT(member.external_attr >> 16)  # 0 where the archive was not made on Unix
                    _check_name(archive, member.orig_filename)
                    _check_kind(archive, member.filename, kind == stat.S_IFLNK, kind in (0, stat.S_IFREG, stat.S_IFDIR))
                file.extractall(folder)
        else:
            raise tarfile.ReadError("neither tar nor zip")


def _check_name(archive: Path, name: str) -> None:
    path = PureWindowsPath(name)  # takes both / and \\ for separators, and knows drives
    if path.drive or path.root or ".." in path.parts or "\0" in name:
        raise UserError(f"{archive} is refused: its member {name!r} leads out of the folder; {_REMEDY}")


def _check_kind(archive: Path, name: str, link: bool, plain: bool) -> None:
    """Links are refused wherever they lead: no official archive has one."""
    if link or not plain:
        kind = "a link" if link else "a device or pipe"
        raise UserError(f"{archive} is refused: its member {name!r} is {kind}; {_REMEDY}")


def _check_room(folder: Path, size: int) -> None:
    if size > shutil.disk_usage(folder).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


@contextmanager
def _damage_explained(archive: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, RuntimeError, zlib.error, lzma.LZMAError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's trouble; damaged gzip and bzip2 streams raise OSErrors without a number
        raise UserError(f"{archive} is no whole archive ({error}); {_REMEDY}") from error


_REMEDY = "delete it and fetch the official one again"
