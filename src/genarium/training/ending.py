"""Endings of a training that did not finish: for result.json, and in one sentence."""

import errno
import shlex
import signal
import sys

from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning.utilities.exceptions import SIGTERMException

from genarium.distributed.lost_ranks import LOST, lost
from genarium.errors import Unwritable, UserError
from genarium.runs.run import Run
from genarium.training.scalar_log import Diverged

FULL = (errno.ENOSPC, errno.EDQUOT)
UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EFBIG)


def note(error: BaseException, run: Run) -> None:
    """Record the ending in result.json; on a full disk the last record that fitted stays."""
    try:
        run.update_result(**ending(error))
    except OSError as full:
        if full.errno not in FULL + UNWRITABLE:
            raise


def ending(error: BaseException) -> dict[str, str]:
    """Fields of result.json for a run that did not finish."""
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return {"status": "interrupted", "error": type(error).__name__}
    if lost(error):
        return {"status": "failed", "error": LOST}
    return {"status": "failed", "error": " ".join(str(error).split()) or type(error).__name__}


def explained(error: BaseException, run: Run, kept: bool) -> BaseException:
    """A user's mistake as UserError; anything else as it is. `kept`: the run's folder is there to go on with."""
    again = f"go on by `genarium train resume={shlex.quote(str(run.folder))}`" if kept else "train again"
    if isinstance(error, SIGTERMException):
        message = f"interrupted, and saved: {again}" if kept else "interrupted before the first step: nothing was kept"
        print(message, file=sys.stderr)
        return SystemExit(128 + signal.SIGTERM)
    if isinstance(error, OSError) and error.errno in FULL:
        return Unwritable(f"the disk is full: free some space, then {again}")
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        where = f" ({error.filename})" if error.filename else ""
        return Unwritable(f"cannot read or write{where}: {error.strerror}; mend that, then {again}")
    if isinstance(error, Diverged) and kept and run.last.exists():
        return UserError(f"{error}; from its last good checkpoint, {again}")
    if lost(error):
        return UserError(f"{LOST}: {again}")
    if isinstance(error, MisconfigurationException):
        return UserError(f"this machine cannot train so: {' '.join(str(error).split())}; choose another trainer=…")
    return error
