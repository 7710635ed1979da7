"""Storage of a search: a journal beside its runs, or a database."""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from genarium.errors import UserError
from genarium.studies.extras import require_storage

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

JOURNAL = "journal.log"


class JournalLock:
    """Lock of a journal that the system frees when its holder is killed; what a kill left half written is cut off."""

    def __init__(self, journal: Path) -> None:
        self.journal, self.lock = journal, FileLock(f"{journal}.lock")

    def acquire(self) -> bool:
        self.lock.acquire()
        heal(self.journal)
        return True

    def release(self) -> None:
        self.lock.release()


def heal(journal: Path) -> None:
    """Cut off a last line that has no end."""
    size = journal.stat().st_size if journal.exists() else 0
    if not size:
        return
    with journal.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


def storage_of(group: Path, address: str | None) -> "BaseStorage":
    """The journal in `group`'s folder, or the database at `address`; UserError where it cannot be used."""
    import optuna
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    if address is None:
        journal = group / JOURNAL
        group.mkdir(parents=True, exist_ok=True)
        return optuna.storages.JournalStorage(JournalFileBackend(str(journal), JournalLock(journal)))  # pyright: ignore[reportArgumentType] -- the two methods of its lock
    require_storage(address)
    try:
        return optuna.storages.RDBStorage(address)
    except Exception as error:  # whatever its driver raises
        why = " ".join(str(error).splitlines()[0].split())
        raise UserError(f"storage={masked(address)} cannot be used: {why}") from None


def masked(address: str) -> str:
    """`address` without its password.

    >>> masked("postgresql://me:secret@host/db")
    'postgresql://me:…@host/db'
    """
    head, at, rest = address.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:…{at}{rest}" if ":" in user else address
