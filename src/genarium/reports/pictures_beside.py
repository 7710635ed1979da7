"""A folder beside a page with the pictures that it has no room for: hard links, or copies on another file system."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from genarium.errors import UserError
from genarium.reports.chosen_pictures import Chosen
from genarium.reports.run_record import RunRecord


def laid_beside(
    chosen: Chosen, kinds: dict[str, dict[int, list[list[int | str]]]], records: Sequence[RunRecord], page: Path
) -> int:
    """Lay every file of `chosen` into PAGE_pictures/, add its address to `kinds`, before the picture that stands there,
    and return how many there are. UserError where the folder cannot be written."""
    folder, count = page.with_name(f"{page.stem}_pictures"), 0
    try:
        for kind, runs in chosen.items():
            for run, taken in runs.items():
                own = hashlib.sha256(str(records[run].folder.resolve()).encode()).hexdigest()[:12]
                place = folder / own / kind
                place.mkdir(parents=True, exist_ok=True)
                for file in taken.values():
                    link(file, place / file.name)
                count += len(taken)
                held = kinds.setdefault(kind, {}).setdefault(run, [])
                inside = {time for time, _ in held}
                held[:0] = [
                    [time, quote(f"{folder.name}/{own}/{kind}/{file.name}")]
                    for time, file in taken.items()
                    if time not in inside
                ]
    except OSError as error:
        raise UserError(f"{folder} cannot be written ({error.strerror}): choose another file as out=…") from None
    return count


def link(file: Path, there: Path) -> None:
    """`there` holds what `file` does."""
    if there.exists() and there.stat().st_mtime_ns == file.stat().st_mtime_ns:
        return
    there.unlink(missing_ok=True)
    try:
        os.link(file, there)
    except OSError:  # another file system, or one without links
        shutil.copy2(file, there)
